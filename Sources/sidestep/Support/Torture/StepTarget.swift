@preconcurrency import Glibc
import Sidestep
import SidestepProtocol
import Synchronization

/// Kills a program at the moment when the journal says that a step was recorded: heard on a thread of its
/// own.
final class StepTarget: Sendable {
    private struct State {
        /// Steps to come before the kill; nil for none.
        var left: Int?
        var group: pid_t = 0
        var isHit = false
    }

    private let state: Mutex<State>
    private let run: String

    init(run: String, socket: String, _ kill: TortureRound.Kill) throws {
        self.run = run
        var first = State()
        if case .afterStep(let count) = kill { first.left = count }
        state = Mutex(first)
        guard first.left != nil else { return }
        // The thread alone uses it from its start on.
        nonisolated(unsafe) let connection = try BlockingConnection(socket: socket)
        try connection.call("run.watch") { $0.member("run", run) }
        BackgroundThread.start { self.listen(connection) }
    }

    private func listen(_ connection: BlockingConnection) {
        while state.withLock({ $0.left != nil }), let event = try? connection.nextNotification() {
            if event.params?["kind"]?.string == "step.completed" { count() }
        }
    }

    private func count() {
        state.withLock { state in
            guard let left = state.left else { return }
            state.left = left > 1 ? left - 1 : nil
            guard state.left == nil, state.group > 0 else { return }
            kill(-state.group, SIGKILL)
            state.isHit = true
        }
    }

    /// From now on this group is meant.
    func aim(at group: pid_t) { state.withLock { $0.group = group } }

    /// Somebody else killed it.
    func hit() { state.withLock { $0.isHit = true } }

    /// Whether the program was killed since it was last asked; the group is nobody's any more.
    func takeHit() -> Bool {
        state.withLock { state in
            state.group = 0
            defer { state.isHit = false }
            return state.isHit
        }
    }

    func finish() { state.withLock { $0.left = nil } }
}
