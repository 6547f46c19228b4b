import SidestepModel
import SidestepStore

/// What is read, copied and deleted of graphs a part at a time.
extension SQLiteSession {
    func graphLinks(place: Int64, below id: String?, limit: Int) throws(Failure) -> [GraphLink] {
        try graphs.links.all(place, id, Int64(limit)) { GraphLink(&$0) }
    }

    func graphLink(place: Int64, id: String) throws(Failure) -> GraphLink? {
        try graphs.link.first(place, id) { GraphLink(&$0) }
    }

    func graphValueChannels(checkpoint: Int64) throws(Failure) -> [String] {
        try graphs.valueChannels.all(checkpoint) { $0.string() }
    }

    func graphPlace(user: UserID, after key: Int64) throws(Failure) -> Int64? {
        try graphs.userPlace.first(user, key) { $0.integer() }
    }

    func graphCheckpoints(
        place: Int64, after id: String, madeBy runs: Payload, limit: Int
    ) throws(Failure) -> [(id: String, isMade: Bool)] {
        try graphs.madeBy.all(place, id, runs, Int64(limit)) {
            ($0.string(), $0.bool())
        }
    }

    // MARK: Deleting

    func hideGraphThread(user: UserID, thread: String) throws(Failure) -> [Int64] {
        try graphs.hideThread.all(user, thread) { $0.integer() }
    }

    func deleteGraphCheckpoints(place: Int64, _ ids: [String], limit: Int) throws(Failure) -> Int {
        var budget = try RowBudget(rows: limit, chores.freePages)
        var gone = 0
        for id in ids {
            guard try budget.delete(graphs.deleteWrites, place, id) else { return gone }
            if let link = try graphLink(place: place, id: id) {
                guard try budget.delete(chores.checkpointValues, link.key) else { return gone }
                try chores.checkpoint.run(link.key)
            }
            try budget.spend(1)
            gone += 1
        }
        return gone
    }

    // MARK: Copying

    func nextGraphID(place: Int64, after id: String) throws(Failure) -> String? {
        let found = try graphs.nextID.first(place, id) { $0.string() }
        // The highest character stands for none.
        return found == "\u{10FFFF}" ? nil : found
    }

    func copyGraphWrites(
        from place: Int64, to target: Int64, at id: String, after: GraphWritePlace, limit: Int, maxBytes: Int
    ) throws(Failure) -> GraphWritePlace? {
        let next = try graphs.writePlaces.all(
            place, id, after.task, after.number,
            Int64(limit)
        ) { GraphWritePlace(task: $0.string(), number: $0.integer(), bytes: Int($0.integer())) }
        var bytes = 0
        for write in next {
            try graphs.copyWrites.run(
                place, target, id, write.task, write.number)
            bytes += write.bytes
            if bytes >= maxBytes { return write }
        }
        return next.count == limit ? next.last : nil
    }

    func copyGraphCheckpoint(from place: Int64, to target: Int64, _ id: String) throws(Failure) -> Int {
        let changes = try graphs.copyCheckpoint.run(place, target, id)
        guard changes == 1 else { return 0 }
        let values = try graphs.copyValues.run(
            place, connection.lastInsertedKey, id)
        let state = try graphs.checkpointBytes.first(place, id) { $0.integer() } ?? 0
        return Int(state) + 256 * values
    }
}

extension GraphLink {
    /// Reads key, id, parent, channels and deltas.
    fileprivate init(_ row: inout Row) {
        self.init(
            key: row.integer(), id: row.string(), parent: row.optionalString(),
            channels: row.optionalPayload(), deltas: row.optionalPayload())
    }
}
