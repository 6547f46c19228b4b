import SidestepHash
import SidestepModel
import SidestepStore

struct CheckpointStatements {
    let byKey, byID, byToken, latest, list, insert, delete, clearHead: Statement
    let blobByHash, insertBlob, deleteUnusedBlob: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byKey = try block("checkpoint_by_key")
        byID = try block("checkpoint_by_id")
        byToken = try block("checkpoint_by_token")
        latest = try block("checkpoint_latest")
        list = try block("checkpoint_list")
        insert = try block("checkpoint_insert")
        delete = try block("checkpoint_delete")
        clearHead = try block("run_clear_head")
        blobByHash = try block("blob_by_hash")
        insertBlob = try block("blob_insert")
        deleteUnusedBlob = try block("blob_delete_unused")
    }

    func deleteUnused(_ blobs: Set<Int64>) throws(Failure) {
        for blob in blobs { try deleteUnusedBlob.run(blob) }
    }
}

extension SQLiteSession {
    func checkpoint(key: Int64) throws(Failure) -> CheckpointRecord? {
        try checkpoints.byKey.first(key) { CheckpointRecord(&$0) }
    }

    func checkpoint(id: String) throws(Failure) -> CheckpointRecord? {
        try checkpoints.byID.first(id) { CheckpointRecord(&$0) }
    }

    func checkpoint(tokenHash: [UInt8]) throws(Failure) -> CheckpointRecord? {
        try checkpoints.byToken.first(tokenHash) { CheckpointRecord(&$0) }
    }

    func latestCheckpoint(run: Int64, name: String?) throws(Failure) -> CheckpointRecord? {
        try checkpoints.latest.first(run, name) { CheckpointRecord(&$0) }
    }

    func checkpoints(run: Int64, before: Int64?, limit: Int) throws(Failure) -> Page<CheckpointRecord> {
        try checkpoints.list.page(
            run, before ?? .max, Int64(limit) + 1, limit: limit
        ) { CheckpointRecord(&$0) }
    }

    func insertCheckpoint(
        _ new: NewCheckpoint, epoch: Int64
    ) throws(Failure) -> (key: Int64, newBytes: Int64) {
        let state = try place(new.state, new.user)
        let tools = try place(new.toolResults, new.user)
        try requireOne(
            try checkpoints.insert.run(
                new.run, epoch, new.id, new.name,
                new.stepNumber, new.history?.branch, new.history?.length,
                state.inline, state.blob, tools.inline, tools.blob,
                new.metadata, new.tokenHash, new.created,
                new.journalSequence))
        let newBytes = state.newBytes + tools.newBytes + Int64(new.metadata?.count ?? 0)
        return (connection.lastInsertedKey, newBytes)
    }

    func deleteCheckpoints(
        run: Int64, key: Int64?, before: Int64?, limit: Int
    ) throws(Failure) -> (deleted: Int, isDone: Bool) {
        var budget = try RowBudget(rows: limit, chores.freePages)
        var deleted = 0
        while !budget.isSpent {
            let blobs = try checkpoints.delete.first(run, key, before) {
                [$0.optionalInteger(), $0.optionalInteger()]
            }
            guard let blobs else {
                try checkpoints.clearHead.run(run)
                return (deleted, true)
            }
            try checkpoints.deleteUnused(Set(blobs.compactMap(\.self)))
            try budget.spend(1)
            deleted += 1
        }
        try checkpoints.clearHead.run(run)
        return (deleted, false)
    }

    func deleteUnneededMessages(run: Int64, below branch: Int64, limit: Int) throws(Failure) -> Int64? {
        var budget = try RowBudget(rows: limit, chores.freePages)
        return try deleteUnneeded(of: run, below: branch, &budget)
    }

    /// Small values stand in the row; larger ones of a user once in the table of blobs, found by their content.
    private func place(
        _ value: Payload?, _ user: UserID
    ) throws(Failure) -> (inline: Payload?, blob: Int64?, newBytes: Int64) {
        guard let value else { return (nil, nil, 0) }
        guard value.count >= BlobRule.minimumBytes else { return (value, nil, Int64(value.count)) }
        let hash = ContentHash.of(value, in: user.number)
        if let known = try checkpoints.blobByHash.first(hash, read: { $0.integer() }) {
            return (nil, known, 0)
        }
        try checkpoints.insertBlob.run(hash, value)
        return (nil, connection.lastInsertedKey, Int64(value.count))
    }
}

enum BlobRule {
    /// From this size on a value is worth a row of its own: hash, index entry and join cost about as much.
    static let minimumBytes = 512
}

extension CheckpointRecord {
    /// Reads the columns of `{checkpoint}` in their order.
    init(_ row: inout Row) {
        let (key, id, run) = (row.integer(), row.string(), row.integer())
        self.init(key: key, id: id, run: run, created: Instant(milliseconds: 0))
        name = row.optionalString()
        stepNumber = row.optionalInteger()
        let (branch, length) = (row.optionalInteger(), row.optionalInteger())
        history = branch.map { HistoryPoint(branch: $0, length: length ?? 0) }
        state = row.optionalPayload()
        toolResults = row.optionalPayload()
        metadata = row.optionalPayload()
        created = row.instant()
        journalSequence = row.integer()
    }
}
