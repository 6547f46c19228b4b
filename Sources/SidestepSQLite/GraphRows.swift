import SidestepHash
import SidestepModel
import SidestepStore

struct GraphStatements {
    let place, places, addPlace, get, newest, list, values, writes: Statement
    let deleteCheckpoint, addCheckpoint, findBlob, addBlob, addValue: Statement
    let keepWrite, replaceWrite, deleteWrites, hideThread, userPlace, madeBy: Statement
    let links, link, valueChannels, nextID: Statement
    let copyCheckpoint, copyValues, checkpointBytes, writePlaces, copyWrites: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        place = try block("graph_place")
        places = try block("graph_places")
        addPlace = try block("graph_place_add")
        get = try block("graph_get")
        newest = try block("graph_newest")
        list = try block("graph_list")
        values = try block("graph_values")
        writes = try block("graph_writes")
        deleteCheckpoint = try block("graph_checkpoint_delete")
        addCheckpoint = try block("graph_checkpoint_add")
        findBlob = try block("graph_blob_find")
        addBlob = try block("graph_blob_add")
        addValue = try block("graph_value_add")
        keepWrite = try block("graph_write_keep")
        replaceWrite = try block("graph_write_replace")
        deleteWrites = try block("graph_writes_delete")
        hideThread = try block("graph_thread_hide")
        userPlace = try block("graph_user_place")
        madeBy = try block("graph_made_by")
        links = try block("graph_links")
        link = try block("graph_link")
        valueChannels = try block("graph_value_channels")
        nextID = try block("graph_next_id")
        copyCheckpoint = try block("graph_copy_checkpoint")
        copyValues = try block("graph_copy_values")
        checkpointBytes = try block("graph_checkpoint_bytes")
        writePlaces = try block("graph_write_places")
        copyWrites = try block("graph_copy_writes")
    }
}

extension SQLiteSession {
    func graphPlace(user: Int64, thread: String, namespace: String) throws(Failure) -> Int64? {
        try graphs.place.first(.integer(user), SQLValue(thread), SQLValue(namespace)) { $0.integer() }
    }

    func graphPlaces(user: Int64, thread: String) throws(Failure) -> [(key: Int64, namespace: String)] {
        try graphs.places.all(.integer(user), SQLValue(thread)) { ($0.integer(), $0.string()) }
    }

    func graphCheckpoint(place: Int64, id: String?) throws(Failure) -> GraphCheckpoint? {
        if let id {
            return try graphs.get.first(.integer(place), SQLValue(id)) { GraphCheckpoint(&$0) }
        }
        return try graphs.newest.first(.integer(place)) { GraphCheckpoint(&$0) }
    }

    func graphCheckpoints(_ filter: GraphFilter) throws(Failure) -> Page<GraphCheckpoint> {
        let found = try graphs.list.all(
            .integer(filter.user), SQLValue(filter.thread), SQLValue(filter.namespace), SQLValue(filter.id),
            SQLValue(filter.before), SQLValue(filter.metadata), SQLValue(filter.after?.id),
            SQLValue(filter.after?.key), .integer(Int64(filter.limit) + 1)
        ) { GraphCheckpoint(&$0) }
        return Page(found, limit: filter.limit)
    }

    func graphValues(checkpoint: Int64) throws(Failure) -> [(channel: String, value: GraphValue)] {
        try graphs.values.all(.integer(checkpoint)) {
            ($0.string(), GraphValue(type: $0.string(), data: $0.bytes()))
        }
    }

    func graphWrites(place: Int64, checkpoint: String) throws(Failure) -> [GraphWrite] {
        try graphs.writes.all(.integer(place), SQLValue(checkpoint)) {
            GraphWrite(
                task: $0.string(), path: $0.string(), index: $0.integer(), channel: $0.string(),
                value: GraphValue(type: $0.string(), data: $0.bytes()))
        }
    }

    func addGraphPlace(user: Int64, thread: String, namespace: String) throws(Failure) -> Int64 {
        if let known = try graphPlace(user: user, thread: thread, namespace: namespace) { return known }
        try graphs.addPlace.run(.integer(user), SQLValue(thread), SQLValue(namespace))
        return connection.lastInsertedKey
    }

    func saveGraphCheckpoint(
        _ checkpoint: GraphCheckpoint, values: [(channel: String, value: GraphValue)]
    ) throws(Failure) {
        try graphs.deleteCheckpoint.run(.integer(checkpoint.place), SQLValue(checkpoint.id))
        try graphs.addCheckpoint.run(
            .integer(checkpoint.place), SQLValue(checkpoint.id), SQLValue(checkpoint.parent),
            SQLValue(checkpoint.value.type), .blob(checkpoint.value.data), SQLValue(checkpoint.metadata),
            SQLValue(checkpoint.channels), SQLValue(checkpoint.deltas))
        let key = connection.lastInsertedKey
        for (channel, value) in values {
            let blob = try graphBlob(value)
            try graphs.addValue.run(.integer(key), SQLValue(channel), .integer(blob))
        }
    }

    /// The key of these bytes, which are kept once.
    private func graphBlob(_ value: GraphValue) throws(Failure) -> Int64 {
        let hash = ContentHash.of(Array(value.type.utf8) + [0] + value.data)
        if let known = try graphs.findBlob.first(.blob(hash), read: { $0.integer() }) { return known }
        try graphs.addBlob.run(.blob(hash), SQLValue(value.type), .blob(value.data))
        return connection.lastInsertedKey
    }

    func saveGraphWrite(
        _ write: GraphWrite, place: Int64, checkpoint: String, replace: Bool
    ) throws(Failure) {
        let statement = replace ? graphs.replaceWrite : graphs.keepWrite
        try statement.run(
            .integer(place), SQLValue(checkpoint), SQLValue(write.task), .integer(write.index),
            SQLValue(write.path), SQLValue(write.channel), SQLValue(write.value.type),
            .blob(write.value.data))
    }
}

extension GraphCheckpoint {
    /// Reads the columns of `{graph}` in their order.
    fileprivate init(_ row: inout Row) {
        let (key, place, id, parent) = (row.integer(), row.integer(), row.string(), row.optionalString())
        self.init(
            place: place, id: id, parent: parent, value: GraphValue(type: row.string(), data: row.bytes()),
            metadata: row.payload())
        self.key = key
        channels = row.optionalPayload()
        deltas = row.optionalPayload()
        thread = row.string()
        namespace = row.string()
    }
}
