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
    func graphPlace(user: UserID, thread: String, namespace: String) throws(Failure) -> Int64? {
        try graphs.place.first(user, thread, namespace) { $0.integer() }
    }

    func graphPlaces(user: UserID, thread: String) throws(Failure) -> [(key: Int64, namespace: String)] {
        try graphs.places.all(user, thread) { ($0.integer(), $0.string()) }
    }

    func graphCheckpoint(place: Int64, id: String?) throws(Failure) -> GraphCheckpoint? {
        if let id {
            return try graphs.get.first(place, id) { GraphCheckpoint(&$0) }
        }
        return try graphs.newest.first(place) { GraphCheckpoint(&$0) }
    }

    func graphCheckpoints(_ filter: GraphFilter) throws(Failure) -> Page<GraphCheckpoint> {
        try graphs.list.page(
            filter.user, filter.thread, filter.namespace, filter.id,
            filter.before, filter.metadata, filter.after?.id,
            filter.after?.key, Int64(filter.limit) + 1, limit: filter.limit
        ) { GraphCheckpoint(&$0) }
    }

    func graphValues(checkpoint: Int64) throws(Failure) -> [(channel: String, value: GraphValue)] {
        try graphs.values.all(checkpoint) {
            ($0.string(), GraphValue(type: $0.string(), data: $0.bytes()))
        }
    }

    func graphWrites(place: Int64, checkpoint: String) throws(Failure) -> [GraphWrite] {
        try graphs.writes.all(place, checkpoint) {
            GraphWrite(
                task: $0.string(), path: $0.string(), index: $0.integer(), channel: $0.string(),
                value: GraphValue(type: $0.string(), data: $0.bytes()))
        }
    }

    func addGraphPlace(user: UserID, thread: String, namespace: String) throws(Failure) -> Int64 {
        if let known = try graphPlace(user: user, thread: thread, namespace: namespace) { return known }
        try graphs.addPlace.run(user, thread, namespace)
        return connection.lastInsertedKey
    }

    func saveGraphCheckpoint(
        _ checkpoint: GraphCheckpoint, values: [(channel: String, value: GraphValue)]
    ) throws(Failure) {
        try graphs.deleteCheckpoint.run(checkpoint.place, checkpoint.id)
        try graphs.addCheckpoint.run(
            checkpoint.place, checkpoint.id, checkpoint.parent,
            checkpoint.value.type, checkpoint.value.data, checkpoint.metadata,
            checkpoint.channels, checkpoint.deltas)
        let key = connection.lastInsertedKey
        for (channel, value) in values {
            let blob = try graphBlob(value)
            try graphs.addValue.run(key, channel, blob)
        }
    }

    /// The key of these bytes, which are kept once.
    private func graphBlob(_ value: GraphValue) throws(Failure) -> Int64 {
        let hash = ContentHash.of(Array(value.type.utf8) + [0] + value.data)
        if let known = try graphs.findBlob.first(hash, read: { $0.integer() }) { return known }
        try graphs.addBlob.run(hash, value.type, value.data)
        return connection.lastInsertedKey
    }

    func saveGraphWrite(
        _ write: GraphWrite, place: Int64, checkpoint: String, replace: Bool
    ) throws(Failure) {
        let statement = replace ? graphs.replaceWrite : graphs.keepWrite
        try statement.run(
            place, checkpoint, write.task, write.index,
            write.path, write.channel, write.value.type,
            write.value.data)
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
