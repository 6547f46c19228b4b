import SidestepModel
import SidestepStore

struct RunStatements {
    let byKey, state, newest, generation, latestAnyUser, payloads, tags, count, counts, openCounts, bySession,
        owned,
        expired, nextExpiry: Statement
    let insert, update: RecordStatement<RunRecord>
    let insertPayload, setInput, setOutput, setTag, deleteTag, delete, setWorkflow: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byKey = try block("run_by_key")
        state = try block("run_state")
        newest = try block("run_newest")
        generation = try block("run_generation")
        latestAnyUser = try block("run_latest_any_user")
        payloads = try block("run_payloads")
        tags = try block("run_tags")
        count = try block("run_count")
        counts = try block("run_counts")
        openCounts = try block("run_open_counts")
        bySession = try block("run_by_session")
        owned = try block("run_owned")
        expired = try block("run_expired")
        nextExpiry = try block("run_next_expiry")
        insert = try RecordStatement(try block("run_insert"))
        insertPayload = try block("run_payload_insert")
        update = try RecordStatement(try block("run_update"))
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
        if let run = kept?[key] {
            assert(isStored(run), "a kept row is not the one that is stored")
            return run
        }
        let found = try runs.byKey.first(key) { RunRecord(&$0) }
        if let found { kept?.keep(found) }
        return found
    }

    func runState(key: Int64) throws(Failure) -> (status: RunStatus, epoch: Int64)? {
        if kept?[key] != nil, let run = try run(key: key) { return (run.status, run.epoch) }
        return try runs.state.first(key) { (status: $0.status(), epoch: $0.integer()) }
    }

    func run(user: UserID?, id: String, generation: Int64?) throws(Failure) -> RunRecord? {
        guard let user else {
            return try runs.latestAnyUser.first(id, generation) { RunRecord(&$0) }
        }
        if let generation {
            return try runs.generation.first(Int64(user), id, generation) {
                RunRecord(&$0)
            }
        }
        // By its key, for the row may be kept.
        guard let key = try runs.newest.first(user, id, read: { $0.integer() }) else { return nil }
        return try run(key: key)
    }

    func runPayloads(key: Int64) throws(Failure) -> RunPayloads {
        let found = try runs.payloads.first(key) { row in
            RunPayloads(
                input: row.optionalPayload(), output: row.optionalPayload(), error: row.optionalPayload())
        }
        return found ?? RunPayloads()
    }

    func runTags(key: Int64) throws(Failure) -> [(name: String, value: String)] {
        try runs.tags.all(key) { (name: $0.string(), value: $0.string()) }
    }

    func runCount(user: UserID) throws(Failure) -> Int64 {
        try runs.count.first(Int64(user)) { $0.integer() } ?? 0
    }

    func runCounts(user: UserID?) throws(Failure) -> [(status: RunStatus, count: Int64)] {
        try runs.counts.all(user.map(Int64.init)) { (status: $0.status(), count: $0.integer()) }
    }

    func openRunCounts() throws(Failure) -> [(status: RunStatus, count: Int64)] {
        try runs.openCounts.all { (status: $0.status(), count: $0.integer()) }
    }

    func runs(heldBySession session: Int64, limit: Int) throws(Failure) -> [RunRecord] {
        var found: [RunRecord] = []
        for key in try keys(heldBySession: session, limit: limit) {
            if let run = try run(key: key) { found.append(run) }
        }
        return found
    }

    /// Whether the row is the one in the database; what cannot be read is not asked about.
    private func isStored(_ run: RunRecord) -> Bool {
        guard let found = try? runs.byKey.all(run.key, read: { RunRecord(&$0) }) else { return true }
        return found == [run]
    }

    private func keys(heldBySession session: Int64, limit: Int) throws(Failure) -> [Int64] {
        if let keys = kept?.keys(heldBy: session, limit: limit) { return keys }
        let found = try runs.bySession.all(session, limit) { $0.integer() }
        kept?.keep(found, heldBy: session, limit: limit)
        return found
    }

    func ownedRuns(place: Int64) throws(Failure) -> [RunRecord] {
        try runs.owned.all(place) { RunRecord(&$0) }
    }

    func runs(expiredAt now: Instant) throws(Failure) -> [RunRecord] {
        try runs.expired.all(now) { RunRecord(&$0) }
    }

    func nextLeaseExpiry() throws(Failure) -> Instant? {
        try runs.nextExpiry.first { $0.optionalInstant() } ?? nil
    }

    func insertRun(_ run: RunRecord, input: Payload?) throws(Failure) -> Int64 {
        var row = run
        _ = try runs.insert.write(&row)
        let key = connection.lastInsertedKey
        try runs.insertPayload.run(key, input)
        return key
    }

    func updateRun(_ run: RunRecord, expecting epoch: Int64) throws(Failure) {
        var row = run
        try requireOne(try runs.update.write(&row, expecting: epoch))
    }

    func setRunWorkflow(key: Int64, workflow: String, epoch: Int64) throws(Failure) {
        try requireOne(try runs.setWorkflow.run(key, epoch, workflow))
    }

    func setRunInput(key: Int64, input: Payload) throws(Failure) {
        try runs.setInput.run(key, input)
    }

    func setRunOutput(key: Int64, output: Payload?, error: Payload?) throws(Failure) {
        try runs.setOutput.run(key, output, error)
    }

    func setRunTag(key: Int64, name: String, value: String?) throws(Failure) {
        if let value {
            try runs.setTag.run(key, name, value)
        } else {
            try runs.deleteTag.run(key, name)
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
