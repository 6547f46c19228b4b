import SidestepHost
import SidestepWorkspace

/// Keeps what a workspace holds right before each call is sent, as `call-N`: one after another, on a thread of its own.
final class CallTrees: Sendable {
    private struct Order {
        let call: Int64
        let done: @Sendable () -> Void
    }

    private struct State {
        var waiting: [Order] = []
        var isBusy = false
        var isClosed = false
    }

    private let workspace: Workspace
    private let state = Guarded(State())

    init(_ workspace: Workspace) {
        self.workspace = workspace
        BackgroundThread.start { [self] in work() }
    }

    /// `done` is called when the tree is kept, or cannot be: the call is not held up for that.
    func keep(before call: Int64, then done: @escaping @Sendable () -> Void) {
        let isTaken = state.change { state in
            if !state.isClosed { state.waiting.append(Order(call: call, done: done)) }
            return !state.isClosed
        }
        if !isTaken { done() }
    }

    /// Waits until all is kept that was asked for.
    func settle() { state.when { $0.waiting.isEmpty && !$0.isBusy ? () : nil } }

    /// The same, and nothing is kept after it.
    func close() {
        state.change { $0.isClosed = true }
        settle()
    }

    private func work() {
        var hasFailed = false
        while let order = next() {
            do throws(WorkspaceError) {
                try workspace.keep(Snapshots.call(order.call))
            } catch {
                if !hasFailed { tell(error, order.call) }
                hasFailed = true
            }
            order.done()
            state.change { $0.isBusy = false }
        }
    }

    /// Nil at the end.
    private func next() -> Order? {
        state.when { state in
            guard let first = state.waiting.first else { return state.isClosed ? .some(nil) : nil }
            state.waiting.removeFirst()
            state.isBusy = true
            return first
        }
    }

    private func tell(_ error: WorkspaceError, _ call: Int64) {
        Output.complain(
            "sidestep: what \(workspace.directory) held before call \(call) is not kept: \(error.message)"
                + "; this is said once" + (error.hint.map { "\n  hint: \($0)" } ?? ""))
    }
}
