/// A figure that the daemon tells of itself: what its text, its page and its tests know of it.
public struct Metric: Sendable, Hashable {
    /// What can be asked of it: the words of OpenMetrics.
    public enum Kind: String, Sendable {
        /// A number that goes up and down.
        case gauge
        /// A number that goes up until the daemon ends, and begins again at 0.
        case counter
        /// How many of what was measured lie below each bound, with their sum.
        case histogram
        /// Words that do not change while the daemon runs; its number is 1.
        case info
    }

    /// Its name without what OpenMetrics puts behind it (`_total`, `_bucket`, `_info`).
    public let name: String
    /// What can be asked of it.
    public let kind: Kind
    /// What its samples are told apart by; none of them grows with the runs.
    public let labels: [String]
    /// One sentence.
    public let help: String

    /// A row of the table.
    public init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
        (self.name, self.kind, self.labels, self.help) = (name, kind, labels, help)
    }

    /// The base unit that its name ends with, as OpenMetrics wants it; nil where it counts things.
    public var unit: String? {
        ["seconds", "bytes"].first { name.hasSuffix("_\($0)") }
    }
}
