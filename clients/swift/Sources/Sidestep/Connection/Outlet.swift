import Synchronization

/// What goes out on a socket, in order, without ever holding up who sends it.
///
/// Frames are put behind each other, and whoever comes while nobody writes writes them all: two tasks that send at the
/// same time neither wait for each other nor for the kernel, and what they send goes out together. The kernel nearly
/// always takes everything at once. What it does not take, because the daemon does not read, is written by a thread
/// that is there for as long as that lasts. It is bounded by what waits for answers: nobody sends a second frame before
/// the first one is answered.
final class Outlet: Sendable {
    let socket: UnixSocket
    private let queue = Mutex(Queue())

    private struct Queue {
        var frames: [ArraySlice<UInt8>] = []
        /// Whether somebody writes, or a thread what is left.
        var isWriting = false
    }

    /// Bytes of frames that are copied to go out with one call of the kernel.
    private static let together = 64 << 10

    init(_ socket: UnixSocket) { self.socket = socket }

    /// Puts a frame behind those that were sent before; `flush` lets it go.
    func enqueue(_ frame: [UInt8]) { queue.withLock { $0.frames.append(frame[...]) } }

    /// Sends what is enqueued, unless somebody else does. A lost connection is no news: its reader sees the end.
    func flush() {
        while let frames = takeNext() {
            let left = write(frames)
            guard left.isEmpty else { return drain(left) }
            queue.withLock { $0.isWriting = false }
        }
    }

    private func takeNext() -> [ArraySlice<UInt8>]? {
        queue.withLock { queue in
            guard !queue.isWriting, !queue.frames.isEmpty else { return nil }
            queue.isWriting = true
            defer { queue.frames = [] }
            return queue.frames
        }
    }

    /// Writes what the kernel takes now; what is left.
    private func write(_ frames: [ArraySlice<UInt8>]) -> ArraySlice<ArraySlice<UInt8>> {
        if frames.count > 1, frames.reduce(0, { $0 + $1.count }) <= Self.together {
            let all = Array(frames.joined())
            let sent = socket.writeNow(all[...])
            return sent == all.count ? [] : [all[sent...]]
        }
        for (index, frame) in frames.enumerated() {
            let sent = socket.writeNow(frame)
            guard sent < frame.count else { continue }
            return [frame.dropFirst(sent)] + frames[(index + 1)...]
        }
        return []
    }

    private func drain(_ left: ArraySlice<ArraySlice<UInt8>>) {
        let drain: @Sendable () -> Void = {
            var left = Array(left)
            repeat {
                for frame in left { guard (try? self.socket.write(frame)) != nil else { break } }
                left = self.takeMore()
            } while !left.isEmpty
        }
        // With half a line sent the connection is of no use: what waits for answers is sent again on the next one.
        do { try Threads.start(drain) } catch { socket.shutDown() }
    }

    /// For the thread: what was enqueued meanwhile; when that is nothing, it writes no more.
    private func takeMore() -> [ArraySlice<UInt8>] {
        queue.withLock { queue in
            queue.isWriting = !queue.frames.isEmpty
            defer { queue.frames = [] }
            return queue.frames
        }
    }
}
