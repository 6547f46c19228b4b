import SidestepModel
import SidestepStore

struct ChoreStatements {
    let add, first, unfinished, move, done, freePages: Statement
    let conversationEntries, conversation, placeWrites, placeCheckpoint, checkpointValues, checkpoint, place,
        deliveries, webhook, chunks: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        add = try block("chore_add")
        first = try block("chore_first")
        unfinished = try block("chore_unfinished")
        move = try block("chore_move")
        done = try block("chore_done")
        freePages = try block("chore_free_pages")
        conversationEntries = try block("chore_conversation_entries")
        conversation = try block("chore_conversation")
        placeWrites = try block("chore_place_writes")
        placeCheckpoint = try block("chore_place_checkpoint")
        checkpointValues = try block("chore_checkpoint_values")
        checkpoint = try block("chore_checkpoint")
        place = try block("chore_place")
        deliveries = try block("chore_deliveries")
        webhook = try block("chore_webhook")
        chunks = try block("chore_chunks")
    }
}

extension SQLiteSession {
    func addChore(_ kind: ChoreKind, target: Int64, detail: Payload?) throws(Failure) {
        try chores.add.run(kind.rawValue, target, detail)
    }

    func firstChore() throws(Failure) -> ChoreRecord? {
        try chores.first.first { row in
            ChoreRecord(
                key: row.integer(), kind: row.status(), target: row.integer(), position: row.integer(),
                detail: row.optionalPayload())
        }
    }

    func abandonCopies() throws(Failure) { try chores.unfinished.run() }

    func moveChore(_ key: Int64, to position: Int64) throws(Failure) {
        try chores.move.run(key, position)
    }

    func finishChore(_ key: Int64) throws(Failure) { try chores.done.run(key) }

    func deleteRows(of kind: ChoreKind, _ target: Int64, limit: Int) throws(Failure) -> Bool {
        var budget = try RowBudget(rows: limit, chores.freePages)
        switch kind {
        case .conversation:
            guard try budget.delete(chores.conversationEntries, target) else { return false }
            try chores.conversation.run(target)
        case .place:
            guard try deletePlace(target, &budget) else { return false }
            try chores.place.run(target)
        case .webhook:
            guard try budget.delete(chores.deliveries, target) else { return false }
            try chores.webhook.run(target)
        case .stream: return try budget.delete(chores.chunks, target)
        case .children, .waits: preconditionFailure("no rows of \(kind) are deleted")
        }
        return true
    }

    private func deletePlace(_ place: Int64, _ budget: inout RowBudget) throws(Failure) -> Bool {
        guard try budget.delete(chores.placeWrites, place) else { return false }
        while !budget.isSpent {
            guard let checkpoint = try chores.placeCheckpoint.first(place, read: { $0.integer() })
            else { return true }
            guard try budget.delete(chores.checkpointValues, checkpoint) else { return false }
            try chores.checkpoint.run(checkpoint)
            try budget.spend(1)
        }
        return false
    }
}
