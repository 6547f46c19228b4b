/// Every hard limit of the daemon, by the name that errors, `hello` and the configuration use.
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

    // The shares of one user who is no administrator; ShareRule says how they are meant.

    /// Connections of one user.
    public var userConnections = 1024
    /// Requests of one user that have no reply yet.
    public var userRequestsInFlight = 8192
    /// Bytes held for one user, and for all together: lines that are coming or being worked on, replies not read.
    public var userBytes = 256 << 20
    public var heldBytes = 1 << 30
    /// Watches of one user.
    public var userWatches = 1000

    /// How many elements the arrays and objects of a call may have, where it is not the standard.
    public var elements: [ElementLimit: Int] = [:]

    public init() {}

    public subscript(limit: ElementLimit) -> Int { elements[limit] ?? limit.standard }

    /// A limit that is one number: its name on the wire, where it stands, and what it counts.
    public struct Scalar: Sendable {
        public let name: String
        public let summary: String
        let path: any WritableKeyPath<Limits, Int> & Sendable

        init(_ name: String, _ path: any WritableKeyPath<Limits, Int> & Sendable, _ summary: String) {
            (self.name, self.path, self.summary) = (name, path, summary)
        }
    }

    /// Those limits, in the order of documentation.
    public static let scalars: [Scalar] = [
        Scalar("frame_bytes", \.frameBytes, "bytes of one line"),
        Scalar("depth", \.depth, "levels of nested arrays and objects in one line"),
        Scalar("name_bytes", \.nameBytes, "bytes of a run id, a step or any other name"),
        Scalar("batch_length", \.batchLength, "requests in one batch"),
        Scalar("requests_in_flight", \.requestsInFlight, "requests of one connection that have no reply yet"),
        Scalar("connections", \.connections, "open connections"),
        Scalar("outbound_bytes", \.outboundBytes, "bytes queued to a connection that does not read"),
        Scalar("watches", \.watches, "watches of one connection"),
        Scalar("watch_bytes", \.watchBytes, "bytes queued for a watch before it falls behind"),
        Scalar("held_bytes", \.heldBytes, "bytes of lines and replies held for all users together"),
        Scalar("user_connections", \.userConnections, "connections of one user"),
        Scalar(
            "user_requests_in_flight", \.userRequestsInFlight, "requests of one user that have no reply yet"),
        Scalar(
            "user_bytes", \.userBytes,
            "bytes held for one user: lines that are coming or being worked on, replies that are not read"),
        Scalar("user_watches", \.userWatches, "watches of one user"),
    ]

    public subscript(scalar: Scalar) -> Int { self[keyPath: scalar.path] }

    /// All limits with their values, in the order of documentation.
    public var named: [(name: String, value: Int)] {
        Self.scalars.map { ($0.name, self[$0]) }
            + ElementLimit.allCases.map { ($0.rawValue, self[$0]) }
    }

    /// Sets a limit by its name; false when there is none.
    public mutating func set(_ name: String, to value: Int) -> Bool {
        if let limit = ElementLimit(rawValue: name) {
            elements[limit] = value == limit.standard ? nil : value
            return true
        }
        guard let scalar = Self.scalars.first(where: { $0.name == name }) else { return false }
        self[keyPath: scalar.path] = value
        return true
    }
}
