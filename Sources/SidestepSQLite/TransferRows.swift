import SidestepModel
import SidestepStore

struct TransferStatements {
    let lastSequence, branches, checkpoint, token, artifact: Statement
    let place, publish, publishEvents, abandon, abandonOne: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        lastSequence = try block("transfer_last_sequence")
        branches = try block("transfer_branches")
        checkpoint = try block("transfer_checkpoint")
        token = try block("transfer_token")
        artifact = try block("transfer_artifact")
        publish = try block("transfer_publish")
        publishEvents = try block("transfer_publish_events")
        place = try block("transfer_place")
        abandon = try block("transfer_abandon")
        abandonOne = try block("transfer_abandon_one")
    }
}

extension SQLiteSession {
    func lastSequence(run: Int64) throws(Failure) -> Int64 {
        try transfers.lastSequence.first(run) { $0.integer() } ?? 0
    }

    func branchParts(_ places: [RunOrigin]) throws(Failure) -> [BranchPart] {
        var lengths: [Int64: Int64] = [:]
        var parents: [Int64: HistoryPoint?] = [:]
        var next: [(Int64, Int64)] = []
        for place in places {
            next += try transfers.branches.all(place.run, place.sequence) {
                ($0.integer(), $0.integer())
            }
        }
        while let (branch, length) = next.popLast() {
            lengths[branch] = max(lengths[branch] ?? 0, length)
            if parents[branch] != nil { continue }
            let parent = try messages.parent(of: branch)
            parents[branch] = parent
            if let parent { next.append((parent.branch, parent.length)) }
        }
        // A branch is made after the one it begins with.
        return lengths.keys.sorted().map { key in
            BranchPart(key: key, parent: parents[key] ?? nil, length: lengths[key] ?? 0)
        }
    }

    func checkpoint(run: Int64, after key: Int64, before sequence: Int64) throws(Failure) -> CheckpointRecord?
    {
        try transfers.checkpoint.first(run, key, sequence) {
            CheckpointRecord(&$0)
        }
    }

    func artifact(run: Int64, after key: Int64) throws(Failure) -> ArtifactRecord? {
        try transfers.artifact.first(run, key) { ArtifactRecord(&$0) }
    }

    func tokenHash(checkpoint key: Int64) throws(Failure) -> [UInt8] {
        try transfers.token.first(key) { $0.bytes() } ?? []
    }

    func insertHidden(
        _ run: RunRecord, id: String, input: Payload?, place: Int64
    ) throws(Failure) -> Int64 {
        var hidden = run
        hidden.id = RunRecord.importing + id
        hidden.userID = RunRecord.nobody
        hidden.key = try insertRun(hidden, input: input)
        try transfers.place.run(hidden.key, place)
        return hidden.key
    }

    func hiddenRun(id: String) throws(Failure) -> RunRecord? {
        try run(user: RunRecord.nobody, id: RunRecord.importing + id, generation: nil)
    }

    func insertHidden(_ event: EventRecord) throws(Failure) {
        var hidden = event
        hidden.userID = RunRecord.nobody
        // Ids are unique for a user, and so they are for nobody's.
        hidden.eventID = event.eventID.map { Self.hiddenEventID(run: event.run ?? 0, $0) }
        _ = try insertEvent(hidden)
    }

    func hiddenEvent(run: Int64, id: String) throws(Failure) -> EventRecord? {
        try event(user: RunRecord.nobody, id: Self.hiddenEventID(run: run, id))
    }

    private static func hiddenEventID(run: Int64, _ id: String) -> String { "\(run)/\(id)" }

    func publish(run: Int64, id: String, user: UserID) throws(Failure) {
        try requireOne(try transfers.publish.run(run, id, Int64(user)))
        try transfers.publishEvents.run(run, Int64(user))
    }

    func branches(of run: Int64) throws(Failure) -> [Int64] {
        try messages.branches(of: run).reversed()
    }

    func appendEntry(run: Int64, _ entry: JournalEntry) throws(Failure) -> Int64 {
        let sequence = try nextSequence()
        try journal.append.run(
            sequence, run, entry.at, entry.kind, entry.step,
            entry.attempt, entry.begun, entry.detail)
        return sequence
    }

    func abandonImports(place: Int64) throws(Failure) { try transfers.abandon.run(place) }

    func abandonImport(run: Int64) throws(Failure) { try transfers.abandonOne.run(run) }
}
