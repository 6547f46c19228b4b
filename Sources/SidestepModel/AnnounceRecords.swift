/// A growing list of values that a run shows to whoever follows it.
public struct StreamRecord: Sendable, Equatable {
    public var key: Int64
    public var run: Int64
    public var name: String
    /// The index that the next item gets: the number of items there ever were.
    public var next: Int64
    public var opened: Instant
    public var closed: Instant?
    /// What the stream came to, given when it was closed.
    public var final: Payload?
    /// Whether the items were dropped in favour of `final`.
    public var isCompacted: Bool

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
    public var start: Int64
    public var count: Int64
    public var items: Payload

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
    public var key: Int64
    public var run: Int64
    public var name: String
    /// From 1, per run and name.
    public var version: Int64
    public var type: ArtifactType
    public var content: Payload?
    /// Where a file is on the host; it is not copied.
    public var path: String?
    public var description: String?
    public var created: Instant

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
    public var userID: UInt32
    public var name: String
    public var value: Payload?
    public var run: Int64?
    /// The sender's own name of it: the same one is announced once.
    public var eventID: String?
    public var at: Instant

    /// How long an event without a run is kept, milliseconds: 30 days.
    public static let keptMilliseconds: Int64 = 30 * 86_400_000

    public init(
        sequence: Int64, userID: UInt32, name: String, value: Payload?, run: Int64?, eventID: String?,
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
    public let text: String

    public init(_ text: String) { self.text = text }

    /// What matching names begin with; nil when the pattern is a whole name.
    public var prefix: String? { text.hasSuffix("*") ? String(text.dropLast()) : nil }

    public func matches(_ name: String) -> Bool { prefix.map { name.hasPrefix($0) } ?? (name == text) }
}
