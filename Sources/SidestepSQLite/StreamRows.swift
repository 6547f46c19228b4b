import SidestepModel
import SidestepStore

struct StreamStatements {
    let byName, list, chunks, insert, append, close: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byName = try block("stream_by_name")
        list = try block("stream_list")
        chunks = try block("stream_chunks")
        insert = try block("stream_insert")
        append = try block("stream_append")
        close = try block("stream_close")
    }
}

extension SQLiteSession {
    func stream(run: Int64, name: String) throws(Failure) -> StreamRecord? {
        try streams.byName.first(run, name) { StreamRecord(&$0) }
    }

    func streams(run: Int64) throws(Failure) -> [StreamRecord] {
        try streams.list.all(run) { StreamRecord(&$0) }
    }

    func streamChunks(
        stream: Int64, from: Int64, maxItems: Int64, maxBytes: Int
    ) throws(Failure) -> [StreamChunk] {
        var found: [StreamChunk] = []
        var items: Int64 = 0
        var bytes = 0
        try streams.chunks.each(stream, from) { row in
            let chunk = StreamChunk(start: row.integer(), count: row.integer(), items: row.payload())
            // The chunk that holds `from` may end before it when nothing came behind.
            guard chunk.start + chunk.count > from else { return true }
            found.append(chunk)
            items += chunk.start + chunk.count - max(from, chunk.start)
            bytes += chunk.items.count
            return items < maxItems && bytes < maxBytes
        }
        return found
    }

    func insertStream(run: Int64, name: String, at: Instant, epoch: Int64) throws(Failure) -> StreamRecord {
        try requireOne(
            try streams.insert.run(run, epoch, name, at))
        return StreamRecord(key: connection.lastInsertedKey, run: run, name: name, next: 0, opened: at)
    }

    func appendChunk(_ chunk: StreamChunk, to stream: StreamRecord, epoch: Int64) throws(Failure) {
        try requireOne(
            try streams.append.run(
                stream.key, stream.run, epoch, chunk.start,
                chunk.count, chunk.items))
    }

    func closeStream(_ stream: StreamRecord, epoch: Int64) throws(Failure) {
        try requireOne(
            try streams.close.run(
                stream.key, stream.run, epoch, stream.closed,
                stream.next, stream.final, stream.isCompacted))
    }
}

extension StreamRecord {
    /// Reads the columns of `{stream}` in their order.
    fileprivate init(_ row: inout Row) {
        self.init(
            key: row.integer(), run: row.integer(), name: row.string(), next: row.integer(),
            opened: row.instant(),
            closed: row.optionalInstant(), final: row.optionalPayload(), isCompacted: row.bool())
    }
}
