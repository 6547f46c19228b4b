import SidestepEngine
import SidestepModel
import SidestepStore
import Synchronization

/// Keeps what the store says of its disk: for whoever asks, and for the log when it changes. Called on any thread.
final class StorageWatch: Sendable {
    private let environment: Environment
    private let tell: @Sendable (Notice) -> Void
    private let changed: @Sendable () -> Void
    private let condition: Mutex<StorageCondition>

    /// - Parameter changed: told when the disk does well again, or does not any more.
    init(
        _ environment: Environment, tell: @escaping @Sendable (Notice) -> Void,
        changed: @escaping @Sendable () -> Void
    ) {
        self.environment = environment
        self.tell = tell
        self.changed = changed
        condition = Mutex(environment.storage.value)
    }

    func note(_ fault: StoreFault) {
        tell(
            Notice(.storageFault).with(.statement, fault.operation).with(.code, fault.code)
                .with(.problem, fault.words))
    }

    func note(_ news: StoreNews) {
        let now = environment.clock.now()
        condition.withLock { condition in
            switch news {
            case .reserve(let isHeld): tell(Notice(isHeld ? .reserveBack : .reserveGone))
            case .failed(let trouble, let message, let part):
                guard condition.met(trouble, message, in: part, at: now) else { return }
                take(condition)
            case .recovered(let part):
                guard condition.recovered(part, at: now) else { return }
                take(condition)
            }
        }
    }

    private func take(_ condition: StorageCondition) {
        environment.storage.replace(condition)
        let kind: NoticeKind =
            switch condition.state {
            case .ok: .storageWell
            case .full: .storageFull
            case .failing: .storageFailing
            }
        tell(Notice(kind).with(.problem, condition.message))
        changed()
    }
}
