import SidestepProtocol
import Synchronization

/// A task, told from others that live at the same time.
struct TaskIdentity: Sendable, Equatable {
    private let hash: Int?

    /// The task that executes the caller.
    static var current: TaskIdentity { TaskIdentity(hash: withUnsafeCurrentTask { $0?.hashValue }) }
}

/// Which record a call of a step has: found by name and arguments, in any order.
extension Run {
    /// The step whose body the calling task is in, as far as it is of this run.
    private var enclosing: StepContext? { StepContext.current.flatMap { $0.run === self ? $0 : nil } }

    /// The journal's name for the next step or wait that is called so, where this task is.
    func nextName(_ name: String) -> String {
        let scope = enclosing?.name
        return journal.withLock { $0.next(name, in: scope) }
    }

    /// The name and the key of the next call of a step.
    ///
    /// - Throws: `SidestepError` of kind `stepMismatch` when a program that calls one step after the other asks for
    ///   what it did not ask for before, and a record of this name is left.
    func identify(_ name: String, fingerprint: String?) async throws -> StepIdentity {
        let scope = enclosing?.name
        var patience = Patience()
        while true {
            let (match, given) = journal.withLock {
                ($0.find(name, in: scope, fingerprint: fingerprint), $0.given)
            }
            switch match {
            case .step(let step): return identity(step, name, in: scope, fingerprint)
            case .doubtful(let record):
                guard let fingerprint, try await patience.isOver(given),
                    let step = try settle(name, in: scope, fingerprint, record)
                else { continue }
                return identity(step, name, in: scope, fingerprint)
            }
        }
    }

    private func identity(
        _ step: String, _ name: String, in scope: String?, _ fingerprint: String?
    ) -> StepIdentity {
        guard let fingerprint else { return StepIdentity(step: step, key: step) }
        let base = StepNames.scoped(name, in: scope)
        let place = journal.withLock { $0.place(base, fingerprint) }
        let key = StepNames.numbered("\(base)~\(Fingerprint.digest(fingerprint))", place)
        return StepIdentity(step: step, key: key)
    }

    /// Decides on a call that fits no record while one with other arguments is left, and nobody has come for it.
    private func settle(
        _ name: String, in scope: String?, _ fingerprint: String, _ record: String
    ) throws -> String? {
        if onMismatch == .warn { return journal.withLock { $0.claim(record, in: scope) } ? record : nil }
        let recorded = journal.withLock { $0[record]?.fingerprint } ?? ""
        let text = "\(name) is called with \(fingerprint), and \(record) is on record with \(recorded)"
        // A task beside the one that executes the workflow, or the body of the step around it, may be one of many:
        // the call that the record is of may come yet.
        if TaskIdentity.current == (enclosing?.task ?? task) {
            throw SidestepError(
                .stepMismatch, text, run: id, step: record,
                hint: "if the program was changed: give the changed step another name, begin another run, "
                    + "open this one with onMismatch: .warn to take the record, or fork it")
        }
        client.configuration.log(
            LogMessage(.warning, "\(text); it is executed as a step of its own", run: id, step: name))
        return journal.withLock { $0.add(name, in: scope, fingerprint: fingerprint) }
    }
}

/// How a call of a step is known.
struct StepIdentity: Sendable, Equatable {
    /// Its name in the journal.
    let step: String
    /// Its name for the outside world. It holds the arguments' hash in place of the number, as far as they are known:
    /// two executions may give a name to different calls when nothing was recorded of the first.
    let key: String
}

/// How long a call waits for others to come for the records that are theirs: until none was given for a second.
private struct Patience {
    private static let clock = ContinuousClock()
    private var given: Int?
    private var since = clock.now

    /// Waits a little, and says whether nobody came for a second.
    mutating func isOver(_ given: Int) async throws -> Bool {
        if given != self.given { (self.given, since) = (given, Self.clock.now) }
        guard Self.clock.now - since < .seconds(1) else { return true }
        try await Self.clock.sleep(for: .milliseconds(10))
        return false
    }
}
