/// Every hard limit of the daemon, by the name that errors, `hello` and the configuration use.
public struct Limits: Sendable, Equatable {
    /// Bytes of one line, without its newline: `frame_bytes`. Past it a call is `payload_too_large`.
    public var frameBytes = 64 << 20
    /// Levels of nested arrays and objects in one line: `depth`. Past it the line is no JSON (-32700).
    public var depth = 512
    /// Bytes of a run id, step name, workflow, tag or other name: `name_bytes`. Past it -32602.
    public var nameBytes = 1024
    /// Bytes of the value of a memory: `memory_bytes`. Past it `payload_too_large`.
    public var memoryBytes = 4 << 20
    /// Bytes of a recorded request or response: `recording_bytes`. Past it `payload_too_large`.
    public var recordingBytes = 32 << 20
    /// Recorded calls of one run that have not ended: `recordings_under_way`. Past it `limit_exceeded`.
    public var recordingsUnderWay = 1000
    /// Requests in one batch: `batch_length`.
    public var batchLength = 1000
    /// Requests of one connection that have no reply yet: `requests_in_flight`.
    public var requestsInFlight = 1024
    /// Open connections: `connections`. A few more are kept for administrators (`ShareRule`).
    public var connections = 4096
    /// Bytes queued to a reader that does not read: `outbound_bytes`. Past it the connection is closed.
    public var outboundBytes = 64 << 20
    /// Watches of one connection: `watches`.
    public var watches = 100
    /// Bytes kept for a reader of a watch: `watch_bytes`. Past it the watch goes on from the journal.
    public var watchBytes = 1 << 20

    // The shares of one user who is no administrator; ShareRule says how they are meant.

    /// Connections of one user.
    public var userConnections = 1024
    /// Requests of one user that have no reply yet.
    public var userRequestsInFlight = 8192
    /// Bytes held for one user: lines that are coming or being worked on, replies not read.
    public var userBytes = 256 << 20
    /// Those bytes of all users together: `held_bytes`.
    public var heldBytes = 1 << 30
    /// Watches of one user.
    public var userWatches = 1000

    // What one user who is no administrator may keep; QuotaRule says how they are meant.

    /// Runs of one user, those that are closed included; 0 is without limit.
    public var userRuns = 0
    /// Bytes of payloads of one user, as `system.usage` counts them; 0 is without limit.
    public var userStoredBytes = 0

    /// How many elements the arrays and objects of a call may have, where it is not the standard.
    public var elements: [ElementLimit: Int] = [:]

    /// What holds when the configuration says nothing.
    public init() {}

    /// How many elements a call may have of this kind: as configured, or the standard number.
    public subscript(limit: ElementLimit) -> Int { elements[limit] ?? limit.standard }

    /// All limits with their values, in the order of documentation.
    public var named: [(name: String, value: Int)] { NamedLimit.all.map { ($0.name, $0.read(self)) } }

    /// Sets a limit by its name; false when there is none.
    public mutating func set(_ name: String, to value: Int) -> Bool {
        guard let limit = NamedLimit.all.first(where: { $0.name == name }) else { return false }
        limit.write(&self, value)
        return true
    }
}

/// One of them: what it counts, where it stands, and how far an operator may move it.
public struct NamedLimit: Sendable {
    /// Its name on the wire; `limits.NAME` in a configuration file.
    public let name: String
    /// Below it nothing works, above it the daemon's memory is not bounded any more.
    public let range: ClosedRange<Int>
    /// What it counts, as one sentence without a full stop.
    public let summary: String
    /// Reads its value from a set of limits.
    public let read: @Sendable (Limits) -> Int
    /// Writes its value, within `range` or not: whoever sets it has looked.
    public let write: @Sendable (inout Limits, Int) -> Void

    init(
        _ name: String, _ value: any WritableKeyPath<Limits, Int> & Sendable, _ range: ClosedRange<Int>,
        _ summary: String
    ) {
        self.name = name
        self.range = range
        self.summary = summary
        read = { $0[keyPath: value] }
        write = { $0[keyPath: value] = $1 }
    }

    init(_ limit: ElementLimit) {
        name = limit.rawValue
        range = 1...1_000_000
        summary = limit.summary
        read = { $0[limit] }
        write = { $0.elements[limit] = $1 == limit.standard ? nil : $1 }
    }

    /// All of them, in the order of documentation.
    public static let all = scalars + ElementLimit.allCases.map { NamedLimit($0) }

    /// Those that are one number.
    public static let scalars: [NamedLimit] = [
        NamedLimit("frame_bytes", \.frameBytes, 1024...(512 << 20), "bytes of one line, without its newline"),
        NamedLimit("depth", \.depth, 8...512, "levels of nested arrays and objects in one line"),
        NamedLimit(
            "name_bytes", \.nameBytes, 64...8192, "bytes of a run id, step name, workflow, tag or other name"),
        NamedLimit(
            "memory_bytes", \.memoryBytes, 1024...(64 << 20), "bytes of the value of a memory"),
        NamedLimit(
            "recording_bytes", \.recordingBytes, 1024...(256 << 20), "bytes of a recorded request or response"
        ),
        NamedLimit(
            "recordings_under_way", \.recordingsUnderWay, 1...10_000,
            "recorded calls of one run that have not ended"),
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
        NamedLimit(
            "held_bytes", \.heldBytes, (1 << 20)...(1 << 40),
            "bytes of lines and replies held for all users together"),
        NamedLimit("user_connections", \.userConnections, 1...60_000, "connections of one user"),
        NamedLimit(
            "user_requests_in_flight", \.userRequestsInFlight, 1...1_000_000,
            "requests of one user that have no reply yet"),
        NamedLimit(
            "user_bytes", \.userBytes, (1 << 16)...(1 << 40),
            "bytes held for one user: lines that are coming or being worked on, replies that are not read"),
        NamedLimit("user_watches", \.userWatches, 1...100_000, "watches of one user"),
        NamedLimit(
            "user_runs", \.userRuns, 0...1_000_000_000,
            "runs of one user, closed ones included; past it new ones are refused; 0 is without limit"),
        NamedLimit(
            "user_stored_bytes", \.userStoredBytes, 0...(1 << 50),
            "bytes of payloads of one user, as `system.usage` counts them now and then; past it new runs are refused; "
                + "0 is without limit"),
    ]
}
