import Synchronization

/// What goes out on a socket, in order, without ever holding up who sends it.
///
/// The kernel nearly always takes a frame at once. What it does not take, because the daemon does not read, is
/// written by a thread that is there for as long as that lasts. It is bounded by what waits for answers: nobody
/// sends a second frame before the first one is answered.
final class Outlet: Sendable {
    let socket: UnixSocket
    private let backlog = Mutex(Backlog())

    private struct Backlog {
        var frames: [ArraySlice<UInt8>] = []
        /// Whether a thread writes what is left.
        var isDraining = false
    }

    init(_ socket: UnixSocket) { self.socket = socket }

    /// Sends a frame behind those that were sent before. A lost connection is no news: its reader sees the end.
    func write(_ frame: [UInt8]) {
        let isLeft = backlog.withLock { backlog in
            if backlog.isDraining {
                backlog.frames.append(frame[...])
                return false
            }
            let sent = socket.writeNow(frame)
            if sent == frame.count { return false }
            backlog.frames.append(frame[sent...])
            backlog.isDraining = true
            return true
        }
        guard isLeft else { return }
        // With half a line sent the connection is of no use: what waits for answers is sent again on the next one.
        do { try Threads.start { self.drain() } } catch { socket.shutDown() }
    }

    private func drain() {
        while let frames = takeAll() {
            for frame in frames { guard (try? socket.write(frame)) != nil else { break } }
        }
    }

    private func takeAll() -> [ArraySlice<UInt8>]? {
        backlog.withLock { backlog in
            backlog.isDraining = !backlog.frames.isEmpty
            defer { backlog.frames = [] }
            return backlog.isDraining ? backlog.frames : nil
        }
    }
}
