import Glibc
import Synchronization

/// The order to end a program; it comes once, from any thread, and rings for whoever polls.
final class StopOrder: Sendable {
    private let isGiven = Mutex(false)
    private let pipe: (reader: Int32, writer: Int32)?

    /// - Parameter pipe: rings by it, and closes it; nil where nobody polls.
    init(ringing pipe: (reader: Int32, writer: Int32)? = nil) { self.pipe = pipe }

    deinit {
        guard let pipe else { return }
        close(pipe.reader)
        close(pipe.writer)
    }

    /// Readable once the order was given; -1 where nobody polls.
    var bell: Int32 { pipe?.reader ?? -1 }

    var wasGiven: Bool { isGiven.withLock(\.self) }

    func give() {
        isGiven.withLock { isGiven in
            if !isGiven, let pipe { _ = write(pipe.writer, [0], 1) }
            isGiven = true
        }
    }
}
