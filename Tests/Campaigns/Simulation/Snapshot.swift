import SidestepModel
import SidestepStore

/// All that matters of one run, read from the store or from the oracle.
struct Snapshot: Equatable, Sendable, CustomStringConvertible {
    struct Step: Equatable, Sendable {
        let name: String
        let status: StepStatus
        let attempt: Int64
        let failures: Int64
        let output: String?
    }

    let status: RunStatus
    let reason: PauseReason?
    let epoch: Int64
    let generation: Int64
    let interruptions: Int64
    let steps: [Step]
    let messages: [String]
    let state: [String]
    /// Signals that nobody has waited for, in their order, and promises.
    let signals: [String]
    let promises: [String]
    let isCancelling: Bool

    init(_ run: Oracle.Run) {
        status = run.status
        reason = run.reason
        epoch = run.epoch
        generation = Int64(run.generation)
        interruptions = run.interruptions
        steps = run.steps.sorted { $0.key < $1.key }.map { name, step in
            Step(
                name: name, status: step.status, attempt: step.attempt, failures: step.failures,
                output: step.status == .completed ? step.output : nil)
        }
        messages = run.messages
        state = run.state.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        signals = run.signals.map { "\($0.name)=\($0.value)" }
        promises = run.promises.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value ?? "pending")" }
        isCancelling = run.cancelAt != nil
    }

    init(_ store: any StoreReader, _ name: String) throws {
        let run = try store.run(user: 1000, id: name, generation: nil)!
        status = run.status
        reason = run.reason
        epoch = run.epoch
        generation = run.generation
        interruptions = run.interruptions
        let page = try store.steps(of: run, after: nil, status: nil, limit: .max, maxBytes: .max)
        steps = page.items.map {
            Step(
                name: $0.step.name, status: $0.step.status, attempt: $0.step.attempt,
                failures: $0.step.failures,
                output: $0.output.map { String(decoding: $0, as: UTF8.self) })
        }.sorted { $0.name < $1.name }
        let history = try run.head.flatMap { try store.checkpoint(key: $0) }?.history
        messages =
            try history.map { point in
                try store.messages(point, 0..<point.length, maxBytes: .max).map {
                    String(decoding: $0, as: UTF8.self)
                }
            } ?? []
        state = try store.states(run: run.key).map {
            "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))"
        }
        signals = try store.signals(run: run.key, name: nil, pendingOnly: true, after: 0, limit: 10_000).items
            .map {
                "\($0.name)=\($0.value.map { String(decoding: $0, as: UTF8.self) } ?? "")"
            }
        promises = try store.promises(run: run.key, status: nil).map {
            "\($0.name)=\($0.value.map { String(decoding: $0, as: UTF8.self) } ?? "pending")"
        }
        isCancelling = run.cancellation != nil
    }

    var description: String {
        let steps = steps.map { "\($0.name):\($0.status)/\($0.attempt)/\($0.failures)/\($0.output ?? "-")" }
        return "\(status) \(reason.map { "\($0)" } ?? "") epoch \(epoch) generation \(generation) "
            + "interruptions \(interruptions) steps \(steps) messages \(messages) state \(state) "
            + "signals \(signals) promises \(promises) cancelling \(isCancelling)"
    }
}
