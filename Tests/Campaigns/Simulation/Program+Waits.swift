import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport

/// Waits, signals, promises, workers and cancelling in a random program.
extension Program {
    /// What the wait of each name waits for.
    private static let waits: [(name: String, conditions: [WaitCondition])] = [
        ("w1", [WaitCondition(.signal, "a")]), ("w2", [WaitCondition(.signal, "a")]),
        ("w3", [WaitCondition(.signal, "b"), WaitCondition(.promise, "p")]),
        ("w4", [WaitCondition(.promise, "p")]), ("w5", []),
    ]

    func waitMore() throws {
        switch random.below(13) {
        case 0..<4: try wait()
        case 4, 5: try signal()
        case 6: try settle()
        case 7: try suspend()
        case 8, 9: try claim()
        case 10, 11: try giveUp()
        default: if random.oneIn(2) { try cancel() }
        }
        try settleWaiters()
    }

    private func wait() throws {
        guard let (lease, text) = pickLease() else { return }
        let (wait, client) = (random.pick(Self.waits), random.pick(clients))
        // The name of another wait now and then: a mismatch.
        let conditions = random.oneIn(20) ? random.pick(Self.waits).conditions : wait.conditions
        let timeout = conditions.isEmpty ? 100 : random.pick([nil, nil, 0, 120, 5000] as [Int64?])
        var command = AwaitStep(proof: .text(text), step: wait.name)
        command.conditions = conditions
        command.end = timeout.map { .after($0) }
        command.waitMilliseconds = 0
        let before = oracle.runs
        let expected = oracle.wait(
            lease, wait.name, identity(client), conditions.map { "\($0.kind.rawValue):\($0.name)" },
            timeout: timeout)
        if case .refused = expected { oracle.runs = before }
        let actual = reply(daemon.call(command, by: client)) { outcome in
            .output(outcome.output.map { String(decoding: $0, as: UTF8.self) } ?? "")
        }
        // A wait that was opened now, and one that is still open, answer alike.
        let shown = expected == .opened && actual == .refused(.timeout) ? .opened : actual
        try compare("wait \(lease.run)@\(lease.epoch) \(wait.name) \(timeout ?? -1)", client, expected, shown)
    }

    private func signal() throws {
        let (name, client) = (pickRun(), random.pick(clients))
        var send = SendSignal(run: name, signal: random.pick(["a", "b"]))
        let (value, id) = ("\(random.below(100))", "m\(random.below(30))")
        send.value = Payload(text: value)
        send.messageID = id
        send.mayPrecede = random.oneIn(3)
        let expected = oracle.signal(name, send.signal, value, id: id, mayPrecede: send.mayPrecede)
        let actual = reply(daemon.call(send, by: client)) { _ in Reply.done }
        let what = send.mayPrecede ? "signal, perhaps early," : "signal"
        try compare("\(what) \(name) \(send.signal) = \(value) \(id)", client, expected, actual)
    }

    private func settle() throws {
        let (name, client, value) = (pickRun(), random.pick(clients), "\(random.below(100))")
        let expected = oracle.resolve(name, promise: "p", value)
        let command = SettlePromise(run: name, promise: "p", outcome: .resolved(Payload(text: value)))
        let actual = reply(daemon.call(command, by: client)) { done in
            .output(done.promise.value.map { String(decoding: $0, as: UTF8.self) } ?? "")
        }
        try compare("resolve promise of \(name) = \(value)", client, expected, actual)
    }

    private func giveUp() throws {
        guard let (lease, text) = pickLease() else { return }
        let (step, client) = (random.pick(Self.waits.map(\.name) + stepNames), random.pick(clients))
        let expected = predict { $0.giveUp(lease, step, identity(client)) }
        let actual = reply(daemon.call(GiveUpWait(proof: .text(text), step: step), by: client)) {
            Reply.output("\($0)")
        }
        try compare("give up \(step) of \(lease.run)@\(lease.epoch)", client, expected, actual)
    }

    private func suspend() throws {
        guard let (lease, text) = pickLease() else { return }
        let client = random.pick(clients)
        let expected = predict { $0.suspend(lease, identity(client)) }
        let actual = reply(daemon.call(SuspendRun(proof: .text(text), steps: nil), by: client)) {
            Reply.status($0.view.run.status)
        }
        try compare("suspend \(lease.run)@\(lease.epoch)", client, expected, actual)
    }

    private func claim() throws {
        let client = random.pick(clients)
        let command = ClaimRun(
            workflows: ["default"], queues: ["default"],
            owner: .init(kind: .connection, process: client.peer.process, ttlMilliseconds: nil))
        let expected = oracle.claim(identity(client))
        let result = daemon.call(command, by: client)
        guard let claimed = try? result.get() else {
            return try compare("claim", client, expected?.reply ?? .done, reply(result) { _ in .done })
        }
        let name = claimed.granted.run.id
        let actual = resumed(.success(claimed.granted), name)
        try compare(
            "claim got \(name), not \(expected?.run ?? "none")", client, expected?.reply ?? .done, actual)
        if name != expected?.run { throw difference("claim", .status(.queued), .waits) }
    }

    private func cancel() throws {
        let (name, client) = (pickRun(), random.pick(clients))
        let expected = oracle.cancel(name)
        let command = CancelRun(run: name, reason: nil, graceMilliseconds: Oracle.grace)
        try compare(
            "cancel \(name)", client, expected, reply(daemon.call(command, by: client)) { .status($0.status) }
        )
    }
}
