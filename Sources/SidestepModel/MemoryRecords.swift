/// Where memories are: labels from the general to the particular, below the user whose they are.
public struct MemoryNamespace: Sendable, Hashable {
    /// Ends each label in `path`, and so cannot stand in one: U+001F, the separator of units.
    public static let separator: Unicode.Scalar = "\u{1F}"

    /// The labels in their order; none is the user's root.
    public let labels: [String]

    /// The namespace of these labels; nil when one of them is empty or holds the separator.
    public init?(_ labels: [String]) {
        guard labels.allSatisfy({ !$0.isEmpty && !$0.unicodeScalars.contains(Self.separator) }) else {
            return nil
        }
        self.labels = labels
    }

    /// The namespace of a path that was made by `path`.
    public init(path: String) {
        labels = path.unicodeScalars.split(separator: Self.separator).map(String.init)
    }

    /// One text, in which a namespace sorts before what is below it, and begins all of that.
    public var path: String { labels.reduce(into: "") { $0 += $1 + String(Self.separator) } }
}

/// Which namespaces somebody means: how they begin and how they end. `*` stands for any one label.
public struct MemoryPattern: Sendable {
    /// Labels that a namespace begins with.
    public var prefix: [String]
    /// Labels that it ends with; they may be the same as those of the prefix.
    public var suffix: [String]

    /// All namespaces that begin and end so; without labels, all.
    public init(prefix: [String] = [], suffix: [String] = []) {
        self.prefix = prefix
        self.suffix = suffix
    }

    /// Whether a namespace is meant.
    public func matches(_ namespace: MemoryNamespace) -> Bool {
        let labels = namespace.labels
        return labels.count >= max(prefix.count, suffix.count) && zip(prefix, labels).allSatisfy(Self.isAlike)
            && zip(suffix, labels.suffix(suffix.count)).allSatisfy(Self.isAlike)
    }

    /// The labels that every namespace which is meant begins with.
    public var beginning: [String] { Array(prefix.prefix { $0 != "*" }) }

    private static func isAlike(_ wanted: String, _ label: String) -> Bool {
        wanted == "*" || wanted.utf8.elementsEqual(label.utf8)
    }
}

/// What somebody remembers beyond a run: a value under a key in a namespace.
public struct MemoryRecord: Sendable {
    /// Where it is.
    public var namespace: MemoryNamespace
    /// Unique in its namespace.
    public var itemKey: String
    /// JSON as it came.
    public var value: Payload
    /// When it was put there, not having been there before.
    public var created: Instant
    /// When it was put there last.
    public var updated: Instant
    /// How long it is kept after it was put or refreshed; nil is for ever.
    public var ttlMilliseconds: Int64?
    /// From when on it is not there any more.
    public var expires: Instant?

    /// A memory that is just put there.
    public init(
        namespace: MemoryNamespace, itemKey: String, value: Payload, at now: Instant, ttlMilliseconds: Int64?
    ) {
        self.namespace = namespace
        self.itemKey = itemKey
        self.value = value
        created = now
        updated = now
        self.ttlMilliseconds = ttlMilliseconds
        expires = ttlMilliseconds.map { now.advanced(byMilliseconds: $0) }
    }
}
