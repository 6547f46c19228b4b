/// Every hard limit of the daemon, by the name that errors and `hello` use.
public struct Limits: Sendable, Equatable {
    public var frameBytes = 64 << 20
    public var depth = 512
    public var nameBytes = 1024
    public var batchLength = 1000
    public var requestsInFlight = 1024
    public var connections = 4096
    public var outboundBytes = 64 << 20
    public var watches = 100
    public var watchBytes = 1 << 20

    public init() {}

    /// The limits by their wire names, in the order of documentation.
    public var named: [(name: String, value: Int)] { Self.all.map { ($0.name, self[keyPath: $0.value]) } }
}

/// One of them: what it bounds, and how far an operator may move it.
public struct NamedLimit: Sendable {
    /// Its name on the wire; `limits.NAME` in a configuration file.
    public let name: String
    public let value: any WritableKeyPath<Limits, Int> & Sendable
    /// Below it nothing works, above it the daemon's memory is not bounded any more.
    public let range: ClosedRange<Int>
    /// What it bounds, as one sentence without a full stop.
    public let summary: String

    init(
        _ name: String, _ value: any WritableKeyPath<Limits, Int> & Sendable, _ range: ClosedRange<Int>,
        _ summary: String
    ) {
        self.name = name
        self.value = value
        self.range = range
        self.summary = summary
    }
}

extension Limits {
    /// All of them, in the order of documentation.
    public static let all: [NamedLimit] = [
        NamedLimit("frame_bytes", \.frameBytes, 1024...(512 << 20), "bytes of one line, without its newline"),
        NamedLimit("depth", \.depth, 8...512, "levels of nested arrays and objects in one line"),
        NamedLimit(
            "name_bytes", \.nameBytes, 64...8192, "bytes of a run id, step name, workflow, tag or other name"),
        NamedLimit("batch_length", \.batchLength, 1...100_000, "requests in one batch"),
        NamedLimit(
            "requests_in_flight", \.requestsInFlight, 1...100_000,
            "requests of one connection that have no reply yet"),
        NamedLimit("connections", \.connections, 1...60_000, "open connections"),
        NamedLimit(
            "outbound_bytes", \.outboundBytes, 4096...(1 << 30),
            "bytes queued to a reader that does not read; past it the connection is closed"),
        NamedLimit("watches", \.watches, 1...10_000, "watches of one connection"),
        NamedLimit(
            "watch_bytes", \.watchBytes, 4096...(256 << 20),
            "bytes kept for a reader of a watch; past it the watch goes on from the journal"),
    ]
}
