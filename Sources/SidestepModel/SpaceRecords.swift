/// A table whose rows hold payloads. What `system.usage` counts is found in them, one after the other.
public enum SpacePart: String, Sendable, CaseIterable {
    case run, step, message, checkpoint, blob, signal, promise, stream
    case streamChunk = "stream_chunk"
    case artifact, event, recording, memory
    case conversationEntry = "conversation_entry"
    case graphCheckpoint = "graph_checkpoint"
    case graphBlob = "graph_blob"
    case graphWrite = "graph_write"
}

/// What one row takes.
public struct SpaceRow: Sendable, Equatable {
    /// The row's place in its table.
    public var key: Int64
    /// Whose it is; nil of a row that is being removed.
    public var user: UserID?
    /// The workflow of its run; nil for what stands beside runs.
    public var workflow: String?
    /// Bytes of its payloads, as they are stored.
    public var bytes: Int64
    /// Of a run: whether it is not closed.
    public var isOpen: Bool

    /// A row of the store.
    public init(key: Int64, user: UserID?, workflow: String?, bytes: Int64, isOpen: Bool = false) {
        self.key = key
        self.user = user
        self.workflow = workflow
        self.bytes = bytes
        self.isOpen = isOpen
    }
}

/// What a user has of one workflow.
public struct SpaceLine: Sendable, Equatable {
    /// Whose it is.
    public var user: UserID
    /// The workflow; nil for what stands beside runs, and for workflows past the number that is told apart.
    public var workflow: String?
    /// Runs that are not closed.
    public var openRuns: Int64 = 0
    /// Runs that are.
    public var closedRuns: Int64 = 0
    /// Steps of all these runs.
    public var steps: Int64 = 0
    /// Bytes of payloads, without names, indexes and what pages leave free.
    public var bytes: Int64 = 0

    /// Nothing yet.
    public init(user: UserID, workflow: String?) {
        self.user = user
        self.workflow = workflow
    }

    /// Adds what another line has.
    public mutating func add(_ other: SpaceLine) {
        openRuns += other.openRuns
        closedRuns += other.closedRuns
        steps += other.steps
        bytes += other.bytes
    }
}

/// Lines by user and workflow, as many as fit into memory whatever clients name their workflows.
public struct SpaceSums: Sendable {
    /// Workflows of one user that are told apart.
    public static let workflows = 1000

    private var users: [UserID: [String?: SpaceLine]] = [:]

    /// Nothing yet.
    public init() {}

    /// All lines, in no order.
    public var lines: [SpaceLine] { users.values.flatMap(\.values) }

    /// Counts a row of a table.
    public mutating func add(_ row: SpaceRow, of part: SpacePart) {
        guard let user = row.user else { return }
        var line = SpaceLine(user: user, workflow: row.workflow)
        line.bytes = row.bytes
        switch part {
        case .run: if row.isOpen { line.openRuns = 1 } else { line.closedRuns = 1 }
        case .step: line.steps = 1
        default: break
        }
        add(line)
    }

    /// Adds what others have counted.
    public mutating func add(_ other: SpaceSums) { for line in other.lines { add(line) } }

    private mutating func add(_ line: SpaceLine) {
        let isApart =
            users[line.user]?[line.workflow] != nil || (users[line.user]?.count ?? 0) < Self.workflows
        let workflow = isApart ? line.workflow : nil
        users[line.user, default: [:]][workflow, default: SpaceLine(user: line.user, workflow: workflow)]
            .add(line)
    }
}

/// What was counted, and when.
public struct SpaceFigures: Sendable {
    /// When counting began: what was written later may be missing.
    public var at: Instant
    /// How long it took, in milliseconds.
    public var tookMilliseconds: Int64
    /// All lines, in no order.
    public var lines: [SpaceLine]

    /// Lines that were counted in this time.
    public init(at: Instant, tookMilliseconds: Int64, lines: [SpaceLine]) {
        self.at = at
        self.tookMilliseconds = tookMilliseconds
        self.lines = lines
    }

    /// Bytes of all lines of each user.
    public var bytesByUser: [UserID: Int64] {
        lines.reduce(into: [:]) { $0[$1.user, default: 0] += $1.bytes }
    }

    /// How many times as long as counting took the figures are kept at least: a fifth of the time is spent on it at
    /// most, whoever asks.
    public static let rest: Int64 = 4

    /// Whether they answer who wants none older than so many milliseconds.
    public func serve(maxAge: Int64, at now: Instant) -> Bool {
        let age = now.milliseconds(since: at) - tookMilliseconds
        return age <= max(maxAge, tookMilliseconds * Self.rest)
    }
}
