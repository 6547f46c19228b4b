import NIOCore
import SidestepProtocol

/// What one browser is told; how far it has come is here.
final class EventStream {
    private let connection: BrowserConnection
    /// All entries up to here were written; nil while it is not known where it begins.
    private(set) var position: Int64?
    private(set) var isTold = false
    /// A watch of its own, while it is further behind than others.
    var ownFeed: Feed?
    /// Of its own watch, what has not been written.
    private var waiting: ArraySlice<Entry> = []

    init(_ connection: BrowserConnection, after: Int64?) {
        self.connection = connection
        connection.beginStream(
            Reply(200, [("content-type", "text/event-stream")], body: ByteBuffer(bytes: EventText.retry)))
        if let after { begin(after) }
    }

    /// Says where it begins, also where sequences begin anew.
    func begin(_ sequence: Int64) {
        position = sequence
        write(EventText.hello(sequence))
    }

    func tell(isGone: Bool) {
        guard isGone != isTold else { return }
        isTold = isGone
        write(isGone ? EventText.gone : EventText.back)
    }

    /// Whoever takes nothing now is told how far it is the next time.
    func tell(_ progress: RawJSON) { if connection.isWritable { write(EventText.progress(progress)) } }

    /// Writes what the connection takes of what it has not seen.
    func pump(from buffer: EventBuffer) {
        writeBatch { buffer.next(after: position ?? .max) }
    }

    // MARK: From its own watch

    func take(_ entries: [Entry]) {
        waiting += entries
    }

    /// Whether all of it has been written, and more may come.
    @discardableResult
    func pumpOwn() -> Bool {
        writeBatch {
            while let next = waiting.first, next.sequence <= position ?? -1 { waiting.removeFirst() }
            return waiting.popFirst()
        }
        return waiting.isEmpty
    }

    private func writeBatch(_ next: () -> Entry?) {
        while connection.isWritable {
            var bytes: [UInt8] = []
            // More than one in a write: many come at once when many happen.
            while bytes.count < 64 << 10, let entry = next() {
                bytes += EventText.entry(entry)
                position = entry.sequence
            }
            if bytes.isEmpty { return }
            write(bytes)
        }
    }

    private func write(_ bytes: [UInt8]) { connection.send(ByteBuffer(bytes: bytes)) }

    func close() { connection.close() }
}
