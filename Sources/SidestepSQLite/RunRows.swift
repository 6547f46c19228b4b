import SidestepModel
import SidestepStore

struct RunStatements {
    let byKey, state, latest, generation, latestAnyUser, payloads, tags, counts, openCounts, bySession, owned,
        expired, nextExpiry: Statement
    let insert, insertPayload, update, setInput, setOutput, setTag, deleteTag, delete, setWorkflow: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byKey = try block("run_by_key")
        state = try block("run_state")
        latest = try block("run_latest")
        generation = try block("run_generation")
        latestAnyUser = try block("run_latest_any_user")
        payloads = try block("run_payloads")
        tags = try block("run_tags")
        counts = try block("run_counts")
        openCounts = try block("run_open_counts")
        bySession = try block("run_by_session")
        owned = try block("run_owned")
        expired = try block("run_expired")
        nextExpiry = try block("run_next_expiry")
        insert = try block("run_insert")
        insertPayload = try block("run_payload_insert")
        update = try block("run_update")
        setInput = try block("run_set_input")
        setOutput = try block("run_set_output")
        setTag = try block("run_tag_set")
        deleteTag = try block("run_tag_delete")
        delete = try block("run_delete")
        setWorkflow = try block("run_set_workflow")
    }
}

extension SQLiteSession {
    func run(key: Int64) throws(Failure) -> RunRecord? {
        try runs.byKey.first(.integer(key)) { RunRecord(&$0) }
    }

    func runState(key: Int64) throws(Failure) -> (status: RunStatus, epoch: Int64)? {
        try runs.state.first(.integer(key)) { (status: $0.status(), epoch: $0.integer()) }
    }

    func run(user: UInt32?, id: String, generation: Int64?) throws(Failure) -> RunRecord? {
        guard let user else {
            return try runs.latestAnyUser.first(SQLValue(id), SQLValue(generation)) { RunRecord(&$0) }
        }
        if let generation {
            return try runs.generation.first(.integer(Int64(user)), SQLValue(id), .integer(generation)) {
                RunRecord(&$0)
            }
        }
        return try runs.latest.first(.integer(Int64(user)), SQLValue(id)) { RunRecord(&$0) }
    }

    func runPayloads(key: Int64) throws(Failure) -> RunPayloads {
        let found = try runs.payloads.first(.integer(key)) { row in
            RunPayloads(
                input: row.optionalPayload(), output: row.optionalPayload(), error: row.optionalPayload())
        }
        return found ?? RunPayloads()
    }

    func runTags(key: Int64) throws(Failure) -> [(name: String, value: String)] {
        try runs.tags.all(.integer(key)) { (name: $0.string(), value: $0.string()) }
    }

    func runCounts(user: UInt32?) throws(Failure) -> [(status: RunStatus, count: Int64)] {
        try runs.counts.all(SQLValue(user.map(Int64.init))) { (status: $0.status(), count: $0.integer()) }
    }

    func openRunCounts() throws(Failure) -> [(status: RunStatus, count: Int64)] {
        try runs.openCounts.all { (status: $0.status(), count: $0.integer()) }
    }

    func runs(heldBySession session: Int64, limit: Int) throws(Failure) -> [RunRecord] {
        try runs.bySession.all(.integer(session), .integer(Int64(limit))) { RunRecord(&$0) }
    }

    func ownedRuns() throws(Failure) -> [RunRecord] { try runs.owned.all { RunRecord(&$0) } }

    func runs(expiredAt now: Instant) throws(Failure) -> [RunRecord] {
        try runs.expired.all(SQLValue(now)) { RunRecord(&$0) }
    }

    func nextLeaseExpiry() throws(Failure) -> Instant? {
        try runs.nextExpiry.first { $0.optionalInstant() } ?? nil
    }

    func insertRun(_ run: RunRecord, input: Payload?) throws(Failure) -> Int64 {
        try runs.insert.run(
            SQLValue(run.id), .integer(Int64(run.userID)), .integer(run.generation), SQLValue(run.uid),
            SQLValue(run.workflow), SQLValue(run.status.rawValue), .integer(run.attempt),
            .integer(run.interruptions),
            .integer(run.maxInterruptions), .integer(run.epoch), SQLValue(run.codeVersion),
            SQLValue(run.refusesMismatch), SQLValue(run.retry), SQLValue(run.metadata),
            SQLValue(run.deadline),
            SQLValue(run.created), SQLValue(run.updated), SQLValue(run.nextAttempt),
            SQLValue(run.placement.queue),
            .integer(run.placement.priority), SQLValue(run.placement.concurrencyKey),
            SQLValue(run.placement.dedupKey), SQLValue(run.placement.pinnedVersion),
            SQLValue(run.placement.startDeadline), SQLValue(run.placement.startsOnDate),
            SQLValue(run.parent), SQLValue(run.isDetached), SQLValue(run.compensates))
        let key = connection.lastInsertedKey
        try runs.insertPayload.run(.integer(key), SQLValue(input))
        return key
    }

    func updateRun(_ run: RunRecord, expecting epoch: Int64) throws(Failure) {
        let lease = run.lease
        let changes = try runs.update.run(
            .integer(run.key), .integer(epoch), SQLValue(run.status.rawValue), SQLValue(run.reason?.rawValue),
            .integer(run.attempt), .integer(run.interruptions), .integer(run.maxInterruptions),
            .integer(run.epoch),
            SQLValue(run.codeVersion), SQLValue(run.refusesMismatch), SQLValue(run.retry),
            SQLValue(run.metadata),
            SQLValue(run.deadline), SQLValue(run.nextAttempt), SQLValue(run.head), SQLValue(run.updated),
            SQLValue(run.closed), SQLValue(lease?.owner.kind.rawValue),
            SQLValue(lease.map { Int64($0.owner.process.pid) }), SQLValue(lease?.owner.process.startTicks),
            SQLValue(lease.map { Int64($0.owner.uid) }), SQLValue(lease?.owner.since),
            SQLValue(run.secretHash),
            SQLValue(lease?.session), SQLValue(lease?.expires), SQLValue(lease?.boot),
            SQLValue(lease?.grantedSequence), SQLValue(run.placement.startsOnDate),
            SQLValue(run.placement.startDeadline), SQLValue(run.compensates),
            SQLValue(run.cancellation?.requested), SQLValue(run.cancellation?.final),
            SQLValue(run.cancellation?.reason), .integer(run.ownedMilliseconds),
            SQLValue(run.isExhausted))
        try requireOne(changes)
    }

    func setRunWorkflow(key: Int64, workflow: String, epoch: Int64) throws(Failure) {
        try requireOne(try runs.setWorkflow.run(.integer(key), .integer(epoch), SQLValue(workflow)))
    }

    func setRunInput(key: Int64, input: Payload) throws(Failure) {
        try runs.setInput.run(.integer(key), SQLValue(input))
    }

    func setRunOutput(key: Int64, output: Payload?, error: Payload?) throws(Failure) {
        try runs.setOutput.run(.integer(key), SQLValue(output), SQLValue(error))
    }

    func setRunTag(key: Int64, name: String, value: String?) throws(Failure) {
        if let value {
            try runs.setTag.run(.integer(key), SQLValue(name), SQLValue(value))
        } else {
            try runs.deleteTag.run(.integer(key), SQLValue(name))
        }
    }
}

extension Row {
    mutating func status<Status: RawRepresentable<String>>() -> Status {
        let text = string()
        // A CHECK constraint holds the same list of words.
        guard let status = Status(rawValue: text) else { preconditionFailure("unknown status \(text)") }
        return status
    }
}

extension RunRecord {
    /// Reads the columns of `{run}` in their order.
    init(_ row: inout Row) {
        let (key, id, user, generation) = (row.integer(), row.string(), row.integer(), row.integer())
        self.init(
            key: key, id: id, userID: UInt32(truncatingIfNeeded: user), generation: generation,
            uid: row.string(),
            workflow: row.string(), now: Instant(milliseconds: 0), status: row.status())
        reason = row.optionalString().flatMap(PauseReason.init(rawValue:))
        attempt = row.integer()
        interruptions = row.integer()
        maxInterruptions = row.integer()
        epoch = row.integer()
        codeVersion = row.optionalString()
        refusesMismatch = row.bool()
        retry = row.optionalPayload()
        metadata = row.optionalPayload()
        deadline = row.optionalInstant()
        nextAttempt = row.optionalInstant()
        head = row.optionalInteger()
        created = row.instant()
        updated = row.instant()
        closed = row.optionalInstant()
        placement = Placement(&row)
        parent = row.optionalInteger()
        isDetached = row.bool()
        compensates = row.bool()
        cancellation = Cancellation(&row)
        ownedMilliseconds = row.integer()
        isExhausted = row.bool()
        let (source, sequence) = (row.optionalInteger(), row.optionalInteger())
        origin = source.map { RunOrigin(run: $0, sequence: sequence ?? 0) }
        secretHash = row.optionalBytes()
        lease = HeldLease(&row)
    }
}

extension Placement {
    /// Reads the columns of a run's place among those that wait, with whether its next attempt has a date.
    init(_ row: inout Row) {
        self.init()
        queue = row.string()
        priority = row.integer()
        concurrencyKey = row.optionalString()
        dedupKey = row.optionalString()
        pinnedVersion = row.optionalString()
        startDeadline = row.optionalInstant()
        startsOnDate = row.bool()
    }
}

extension Cancellation {
    /// Reads the columns of a request to end a run; nil when nobody made one.
    init?(_ row: inout Row) {
        let (requested, final, reason) = (
            row.optionalInstant(), row.optionalInstant(), row.optionalString()
        )
        guard let requested, let final else { return nil }
        self.init(requested: requested, final: final, reason: reason)
    }
}

extension HeldLease {
    /// Reads the owner's and the lease's columns, the last of `{run}`; nil when nobody holds the run.
    init?(_ row: inout Row) {
        guard let kind = row.optionalString().flatMap(OwnerKind.init(rawValue:)) else { return nil }
        let process = ProcessIdentity(
            pid: Int32(truncatingIfNeeded: row.integer()), startTicks: row.integer())
        let owner = Owner(
            kind: kind, process: process, uid: UInt32(truncatingIfNeeded: row.integer()), since: row.instant()
        )
        self.init(
            owner: owner, session: row.integer(), expires: row.optionalInstant(),
            boot: row.string(), grantedSequence: row.integer())
    }
}
