import Glibc
import Sidestep
import SidestepProtocol
import Synchronization

/// A line on a terminal's standard error that counts; nothing anywhere else, where each count would be a line.
struct CountLine {
    private let verb: String
    private let isShown = isatty(2) == 1

    init(_ verb: String) { self.verb = verb }

    func show(_ count: Int, _ noun: String) {
        if isShown { Output.write("\r\u{1B}[K\(verb) \(count) \(noun) …".utf8, to: 2) }
    }

    func end() { if isShown { Output.write("\r\u{1B}[K".utf8, to: 2) } }
}

/// A line on standard error that says how far a long call is and how long it has taken; gone when the call is over.
final class ProgressLine: Sendable {
    private struct State {
        var stage = ""
        var done: (bytes: Int, total: Int)?
        var isOver = false
    }

    private let title: String
    private let began = RelativeTime.now()
    private let state = Mutex(State())

    /// Begins a line where standard error is a terminal; nil anywhere else.
    static func begin(_ title: String) -> ProgressLine? {
        guard isatty(2) == 1 else { return nil }
        let line = ProgressLine(title)
        BackgroundThread.start { while line.draw() { usleep(500_000) } }
        return line
    }

    private init(_ title: String) { self.title = title }

    /// Takes note of what a notification `system.progress` says.
    func tell(_ progress: RawJSON) {
        guard let bytes = progress["done_bytes"]?.int, let total = progress["total_bytes"]?.int, total > 0
        else { return }
        state.withLock { $0.done = (bytes, total) }
        draw()
    }

    /// Takes note of how far the second half of a call is.
    func tell(_ bytes: Int, of total: Int, _ stage: String) {
        guard total > 0 else { return }
        state.withLock { state in
            state.done = (bytes, total)
            state.stage = stage + " "
        }
    }

    func end() {
        state.withLock { state in
            state.isOver = true
            Output.write("\r\u{1B}[K".utf8, to: 2)
        }
    }

    /// - Returns: whether the call goes on.
    @discardableResult
    private func draw() -> Bool {
        state.withLock { state in
            if state.isOver { return false }
            var text = "\(title): "
            if let (bytes, total) = state.done {
                text +=
                    "\(state.stage)\(100 * bytes / total) %, \(ByteCount.text(bytes)) of \(ByteCount.text(total)), "
            }
            text += RelativeTime.span(RelativeTime.now() - began)
            Output.write("\r\u{1B}[K\(text)".utf8, to: 2)
            return true
        }
    }
}
