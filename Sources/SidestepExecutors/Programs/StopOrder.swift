import Glibc
import Synchronization

/// The order to end a program; it comes once, from any thread, and wakes whoever polls its bell.
final class StopOrder: Sendable {
    private let isGiven = Mutex(false)
    private let pipe: Pipe

    /// - Parameter hasBell: whether somebody polls for it.
    init(hasBell: Bool) throws(StartProblem) { pipe = try Pipe(isOpen: hasBell) }

    /// Readable once the order was given; -1 without a bell.
    var bell: Int32 { pipe.reader.number }

    var wasGiven: Bool { isGiven.withLock(\.self) }

    func give() {
        isGiven.withLock { isGiven in
            if !isGiven { _ = write(pipe.writer.number, [0], 1) }
            isGiven = true
        }
    }
}
