import SidestepModel
import SidestepStore

/// What the daemon does by itself.
extension Coordinator {
    /// The daemon's own view, for reading.
    var daemonContext: CallContext {
        CallContext(
            environment: environment, peer: .daemon, session: 0, grantedRuns: GrantedRuns(),
            now: environment.clock.now())
    }

    /// Does work of the daemon's own, without a caller.
    func perform(_ command: some Command, then done: @escaping @Sendable () -> Void = {}) {
        submit([ownCall(command, then: done)])
    }

    /// The same for much of it, in few commits: one by one, each would be a sync for which the loop waits.
    func perform(all commands: [some Command]) {
        if !commands.isEmpty { submit(commands.map { ownCall($0) }) }
    }

    /// Nobody else would ask again after a full disk, so it does: a dead owner's run must not stay owned.
    private func ownCall(_ command: some Command, then done: @escaping @Sendable () -> Void = {}) -> Call {
        let work: Call.Work = { store, context in
            _ = try command.perform(store, &context)
            return .done([])
        }
        return Call(
            environment: environment, peer: .daemon, session: 0, space: command.space, work: work
        ) { result in
            guard case .failure(let failure) = result,
                failure.kind == .storageFull || failure.kind == .storageError
            else { return done() }
            _ = self.loop.schedule(afterMilliseconds: Self.retryMilliseconds) {
                self.perform(command, then: done)
            }
        }
    }

    /// After a storage failure, the daemon's own work is tried again this much later.
    private static let retryMilliseconds: Int64 = 500
}
