/// Every hard limit of the daemon, by the name that errors and `hello` use.
public struct Limits: Sendable, Equatable {
    /// Bytes of one line, without its newline.
    public var frameBytes = 64 << 20
    /// Levels of nested arrays and objects in one line.
    public var depth = 512
    /// Bytes of a run id, step name, workflow, tag or any other name.
    public var nameBytes = 1024
    /// Requests in one batch.
    public var batchLength = 1000
    /// Requests of one connection that have no reply yet.
    public var requestsInFlight = 1024
    /// Open connections.
    public var connections = 4096
    /// Bytes queued to a reader that does not read; past it the connection is closed.
    public var outboundBytes = 64 << 20

    /// Watches of one connection.
    public var watches = 100
    /// Bytes queued to a reader of a watch, or kept for it; past it the watch goes on from the journal.
    public var watchBytes = 1 << 20

    public init() {}

    /// The limits by their wire names, in the order of documentation.
    public var named: [(name: String, value: Int)] {
        [
            ("frame_bytes", frameBytes), ("depth", depth), ("name_bytes", nameBytes),
            ("batch_length", batchLength),
            ("requests_in_flight", requestsInFlight), ("connections", connections),
            ("outbound_bytes", outboundBytes), ("watches", watches), ("watch_bytes", watchBytes),
        ]
    }
}
