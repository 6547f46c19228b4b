/// How the disk under the store does: what an operator is told, and a service manager.
public struct StorageCondition: Sendable, Equatable {
    /// How grave a trouble is; shown by these words.
    public enum State: String, Sendable, CaseIterable {
        case ok
        /// Writes are refused for want of space; reads go on, and so does what ends or frees something.
        case full
        /// Something cannot be read or written.
        case failing
    }

    /// What the store does with its disk; each may fail while the other goes on.
    public enum Part: Sendable, CaseIterable {
        /// Commits.
        case writing
        /// Copying the log into the database: as long as that fails, the log grows.
        case copying
    }

    private var troubles: [Part: (state: State, message: String)] = [:]
    /// Since when it has been as it is.
    public private(set) var since: Instant

    /// A disk of which nothing bad is known.
    public init(since: Instant) { self.since = since }

    /// The worse of both.
    public var state: State {
        let states = troubles.values.map(\.state)
        return states.contains(.failing) ? .failing : states.contains(.full) ? .full : .ok
    }

    /// The trouble in the words of the store; nil when there is none.
    public var message: String? {
        let worst = state
        return Part.allCases.compactMap { troubles[$0] }.first { $0.state == worst }?.message
    }

    /// Something failed.
    ///
    /// - Returns: whether the state is another one now.
    public mutating func met(
        _ trouble: State, _ message: String, in part: Part, at now: Instant
    ) -> Bool {
        change(at: now) { $0[part] = (trouble, message) }
    }

    /// It succeeded again.
    ///
    /// - Returns: whether the state is another one now.
    public mutating func recovered(_ part: Part, at now: Instant) -> Bool {
        change(at: now) { $0[part] = nil }
    }

    private mutating func change(
        at now: Instant, _ body: (inout [Part: (state: State, message: String)]) -> Void
    ) -> Bool {
        let before = state
        body(&troubles)
        guard state != before else { return false }
        since = now
        return true
    }

    /// Equal conditions show the same; which part met a trouble is not compared.
    public static func == (left: StorageCondition, right: StorageCondition) -> Bool {
        left.state == right.state && left.message == right.message && left.since == right.since
    }
}
