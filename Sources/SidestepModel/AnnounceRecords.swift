/// A growing list of values that a run shows to whoever follows it.
public struct StreamRecord: Sendable, Equatable {
    /// The store's own number; never shown.
    public var key: Int64
    /// The key of its run: one generation, so that another one has streams of its own.
    public var run: Int64
    /// Unique in the run.
    public var name: String
    /// The index that the next item gets: the number of items there ever were.
    public var next: Int64
    /// When it was opened: by its first items, or by closing it without any.
    public var opened: Instant
    /// When its owner closed it; nil while items may come. The end of the run sets nothing here.
    public var closed: Instant?
    /// What the stream came to, given when it was closed.
    public var final: Payload?
    /// Whether the items were dropped in favour of `final`.
    public var isCompacted: Bool

    /// A stream as it stands in the store.
    public init(
        key: Int64, run: Int64, name: String, next: Int64, opened: Instant, closed: Instant? = nil,
        final: Payload? = nil, isCompacted: Bool = false
    ) {
        self.key = key
        self.run = run
        self.name = name
        self.next = next
        self.opened = opened
        self.closed = closed
        self.final = final
        self.isCompacted = isCompacted
    }
}

/// Items of a stream as one call sent them: a JSON array, and the index of its first element.
public struct StreamChunk: Sendable, Equatable {
    /// The index of the first item, from 0.
    public var start: Int64
    /// How many items it has, at least 1.
    public var count: Int64
    /// The JSON array as it came; the store never takes it apart.
    public var items: Payload

    /// Items of which the caller knows the number: nothing here counts them.
    public init(start: Int64, count: Int64, items: Payload) {
        self.start = start
        self.count = count
        self.items = items
    }
}

/// What a document attached to a run is.
public enum ArtifactType: String, Sendable, CaseIterable {
    case markdown, json, link, file
}

/// One version of a document attached to a run.
public struct ArtifactRecord: Sendable, Equatable {
    /// The store's own number: grows with every version of any document, and lists go by it.
    public var key: Int64
    /// The key of its run.
    public var run: Int64
    /// What all its versions are called, unique in the run.
    public var name: String
    /// From 1, per run and name.
    public var version: Int64
    /// Says which of `content` and `path` holds the document.
    public var type: ArtifactType
    /// A JSON string for `markdown` and `link`, any value for `json`; nil for a `file`, and in lists.
    public var content: Payload?
    /// Where a file is on the host; it is not copied.
    public var path: String?
    /// A sentence for people, from `artifact.put`.
    public var description: String?
    /// When this version was put.
    public var created: Instant

    /// A version without its document: the caller sets `content` or `path`.
    public init(
        key: Int64 = 0, run: Int64, name: String, version: Int64, type: ArtifactType, created: Instant
    ) {
        self.key = key
        self.run = run
        self.name = name
        self.version = version
        self.type = type
        self.created = created
    }
}

/// A fact announced to subscribers and webhooks.
public struct EventRecord: Sendable, Equatable {
    /// Its place in the journal's numbers.
    public var sequence: Int64
    /// Whose subscribers and webhooks are told.
    public var userID: UserID
    /// What it is called: `event` on the wire, what a `NamePattern` is compared with.
    public var name: String
    /// What `event.emit` said of it; nil when nothing.
    public var value: Payload?
    /// The key of the run it belongs to, with which it is removed; nil of none.
    public var run: Int64?
    /// The sender's own name of it: the same one is announced once.
    public var eventID: String?
    /// When it was announced.
    public var at: Instant

    /// How long an event without a run is kept, milliseconds: 30 days.
    public static let keptMilliseconds: Int64 = 30 * 86_400_000

    /// An event; one that is still to be inserted has any `sequence`, as the store gives it the next.
    public init(
        sequence: Int64, userID: UserID, name: String, value: Payload?, run: Int64?, eventID: String?,
        at: Instant
    ) {
        self.sequence = sequence
        self.userID = userID
        self.name = name
        self.value = value
        self.run = run
        self.eventID = eventID
        self.at = at
    }
}

/// A name, or the beginning of names when a `*` stands at its end.
public struct NamePattern: Sendable, Hashable {
    /// As it was written, with its `*`.
    public let text: String

    /// Takes any text: only a `*` at the end means more than itself.
    public init(_ text: String) { self.text = text }

    /// What matching names begin with; nil when the pattern is a whole name.
    public var prefix: String? { text.hasSuffix("*") ? String(text.dropLast()) : nil }

    /// Whether it means this name, byte for byte, without regard to dots.
    public func matches(_ name: String) -> Bool { prefix.map { name.hasPrefix($0) } ?? (name == text) }
}
