import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore
import TestSupport

/// A random program over daemon and oracle: both get the same operation, and every answer is compared.
final class Program {
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    let daemon: TestDaemon
    let random: SeededRandom
    var oracle = Oracle()
    var clients: [TestClient]
    /// Every lease that was ever granted, stale ones included: they are presented again and again.
    var leases: [(lease: Oracle.Lease, text: String)] = []
    private var waiting: [(run: String, client: TestClient, pending: TestDaemon.Pending<ResumeRun.Result>)] =
        []
    private(set) var operations = 0
    /// How often each operation was done and not refused.
    private(set) var done: [String: Int] = [:]
    private var trail: [String] = []
    let start: Int64

    let runNames = ["r1", "r2", "r3", "f1", "f2", "i1"]
    let stepNames = ["s1", "s2", "s3", "s4"]

    init(daemon: TestDaemon, seed: UInt64) {
        self.daemon = daemon
        random = SeededRandom(seed: seed)
        start = daemon.clock.now().milliseconds
        clients = (0..<3).map { _ in daemon.connect() }
        oracle.openSessions = Set(clients.map(\.session))
    }

    /// One operation, chosen by chance.
    func step() throws {
        operations += 1
        oracle.now = daemon.clock.now().milliseconds - start
        switch random.below(100) {
        case 0..<10: try resume()
        case 10..<12: try operateMore()
        case 12..<24: try waitMore()
        case 24..<36: try begin()
        case 36..<50: try complete()
        case 50..<58: try fail()
        case 58..<66: try checkpoint()
        case 66..<71: try setState()
        case 71..<75: try close()
        case 75..<78: try release()
        case 78..<81: try operate()
        case 81..<85: try resolve()
        case 85..<89: try killClient()
        case 89..<93: try disconnect()
        case 93..<97: try advance()
        case 97: try waitForRun()
        case 98: try restart()
        default: try compareEverything()
        }
    }

    // MARK: Operations

    private func resume() throws {
        let (name, client) = (pickRun(), random.pick(clients))
        let (retry, rerun, takeOver) = (random.oneIn(2), random.oneIn(4), random.oneIn(4))
        let command = resumeCommand(
            name, client, retry: retry, rerun: rerun, ifOwned: takeOver ? .takeOver : .fail)
        let expected = oracle.resume(
            name, identity(client), retry: retry, rerun: rerun, takeOver: takeOver, wait: false)
        try compare(
            "resume \(name) retry \(retry) rerun \(rerun) takeOver \(takeOver)", client, expected,
            resumed(daemon.call(command, by: client), name))
        try settleWaiters()
    }

    private func resumeCommand(
        _ name: String, _ client: TestClient, retry: Bool, rerun: Bool, ifOwned: ResumeRun.IfOwned
    ) -> ResumeRun {
        var command = ResumeRun(
            owner: .init(kind: .connection, process: client.peer.process, ttlMilliseconds: nil))
        command.run = name
        command.ifClosed = rerun ? .rerun : retry ? .retry : .return
        command.ifOwned = ifOwned
        command.waitMilliseconds = ifOwned == .wait ? 1_000_000_000 : nil
        command.maxInterruptions = Oracle.maxInterruptions
        return command
    }

    func resumed(_ result: Result<ResumeRun.Result, Failure>, _ name: String) -> Reply {
        switch result {
        case .failure(let failure): return .refused(failure.kind)
        case .success(let done):
            guard let text = done.lease else { return .closed(done.run.status) }
            leases.append(
                (.init(run: name, generation: Int(done.run.generation), epoch: done.run.epoch), text))
            let run = done.run
            let count = try? daemon.read { try $0.stepCounts(of: run).reduce(0) { $0 + $1.count } }
            return .granted(epoch: done.run.epoch, steps: Int(count ?? -1))
        }
    }

    /// A waiter gets the run as soon as nobody has it.
    private func waitForRun() throws {
        guard waiting.isEmpty else { return }
        let (name, client) = (pickRun(), random.pick(clients))
        let expected = oracle.resume(
            name, identity(client), retry: false, rerun: false, takeOver: false, wait: true)
        let pending = daemon.start(
            resumeCommand(name, client, retry: false, rerun: false, ifOwned: .wait), by: client)
        guard expected == .waits else {
            guard let result = pending.result else { throw difference("wait for \(name)", expected, .waits) }
            return try compare("wait for \(name)", client, expected, resumed(result, name))
        }
        if let result = pending.result { throw difference("wait for \(name)", .waits, resumed(result, name)) }
        waiting.append((name, client, pending))
    }

    func settleWaiters() throws {
        for (name, client, pending) in waiting {
            let isOwned = oracle.runs[name]!.status == .running
            if isOwned, pending.result == nil { continue }
            waiting.removeAll()
            let expected = oracle.resume(
                name, identity(client), retry: false, rerun: false, takeOver: false, wait: false)
            guard let result = pending.result else { throw difference("waiter of \(name)", expected, .waits) }
            try compare("waiter of \(name)", client, expected, resumed(result, name))
        }
    }

    private func begin() throws {
        guard let (lease, text) = pickLease() else { return }
        let (name, client, once) = (random.pick(stepNames), random.pick(clients), random.oneIn(3))
        var command = BeginStep(proof: .text(text), step: name)
        command.atMostOnce = once
        command.retry = Payload(text: #"{"max_attempts":3,"delays_ms":[100,200],"jitter":0}"#)
        let expected = predict { $0.begin(lease, name, identity(client), atMostOnce: once) }
        let pending = daemon.start(command, by: client)
        let actual: Reply =
            switch pending.result {
            case nil: .waits
            case .failure(let failure)?: .refused(failure.kind)
            case .success(.completed(let outcome, isReplay: _))?:
                .output(outcome.output.map { String(decoding: $0, as: UTF8.self) } ?? "")
            case .success(.execute(let step, _, let delay, _))?: .execute(attempt: step.attempt, delay: delay)
            }
        if actual == .waits { dropWaiters(of: client) }
        try compare("begin \(lease.run)@\(lease.epoch) \(name) once \(once)", client, expected, actual)
        try settleWaiters()
    }

    /// A caller that waits for another one's step would be answered later; here it gives up.
    private func dropWaiters(of client: TestClient) {
        guard let index = clients.firstIndex(where: { $0.session == client.session }) else { return }
        lose(index, reconnecting: true)
    }

    private func complete() throws {
        guard let (lease, text) = pickLease() else { return }
        let (name, client) = (random.pick(stepNames), random.pick(clients))
        let attempt = pickAttempt(lease, name)
        let output = "\(random.below(3))"
        var command = CompleteStep(proof: .text(text), step: name)
        command.attempt = attempt
        command.output = Payload(text: output)
        let expected = predict {
            $0.complete(lease, name, identity(client), attempt: attempt, output: output)
        }
        for _ in 0...random.below(2) {
            let actual = reply(daemon.call(command, by: client)) { Reply.recorded(attempt: $0.attempt) }
            try compare(
                "complete \(lease.run)@\(lease.epoch) \(name)/\(attempt) = \(output)", client, expected,
                actual)
        }
        try settleWaiters()
    }

    private func fail() throws {
        guard let (lease, text) = pickLease() else { return }
        let (name, client) = (random.pick(stepNames), random.pick(clients))
        let attempt = pickAttempt(lease, name)
        var command = FailStep(proof: .text(text), step: name)
        command.attempt = attempt
        command.retry = Payload(text: #"{"max_attempts":3,"delays_ms":[100,200],"jitter":0}"#)
        let expected = predict { $0.failStep(lease, name, identity(client), attempt: attempt) }
        let actual = reply(daemon.call(command, by: client)) {
            Reply.failed(delay: $0.delay, attempt: $0.attempt)
        }
        try compare("fail \(lease.run)@\(lease.epoch) \(name)/\(attempt)", client, expected, actual)
        try settleWaiters()
    }

    private func checkpoint() throws {
        guard let (lease, text) = pickLease() else { return }
        let client = random.pick(clients)
        var command = SaveCheckpoint(proof: .text(text))
        let added = (0..<random.below(4)).map { _ in "\"m\(random.below(5))\"" }
        let expected: Reply
        if random.oneIn(3) {
            let known = oracle.runs[lease.run]?.messages ?? []
            let all = known.prefix(random.below(known.count + 1)) + added
            command.messages = .all(all.map(Payload.init(text:)))
            expected = predict { $0.replaceAll(lease, identity(client), Array(all)) }
        } else {
            let keep = random.below((oracle.runs[lease.run]?.messages.count ?? 0) + 2)
            command.messages = .append(keep: Int64(keep), added.map(Payload.init(text:)))
            expected = predict { $0.append(lease, identity(client), keep: keep, added) }
        }
        let actual = reply(daemon.call(command, by: client)) {
            Reply.saved(messages: Int($0.checkpoint.messageCount))
        }
        try compare("checkpoint \(lease.run)@\(lease.epoch)", client, expected, actual)
        try settleWaiters()
    }

    private func setState() throws {
        guard let (lease, text) = pickLease() else { return }
        let (client, name) = (random.pick(clients), random.pick(["a", "b"]))
        let value = random.oneIn(3) ? nil : "\(random.below(100))"
        let expected = predict { $0.setState(lease, identity(client), name, value) }
        let actual = reply(
            daemon.call(
                SetState(proof: .text(text), name: name, value: value.map(Payload.init(text:))), by: client)
        ) { _ in Reply.done }
        try compare("state \(lease.run)@\(lease.epoch) \(name)", client, expected, actual)
        try settleWaiters()
    }

    private func close() throws {
        guard let (lease, text) = pickLease() else { return }
        let client = random.pick(clients)
        if random.oneIn(2) {
            let output = "\(random.below(2))"
            let expected = predict { $0.close(lease, identity(client), output: output) }
            let command = CompleteRun(proof: .text(text), output: Payload(text: output))
            try compare(
                "complete run \(lease.run)@\(lease.epoch)", client, expected,
                reply(daemon.call(command, by: client)) { .status($0.status) })
        } else {
            let expected = predict { $0.fail(lease, identity(client)) }
            let command = FailRun(proof: .text(text), error: nil, cause: AttemptError(), attempt: nil)
            try compare(
                "fail run \(lease.run)@\(lease.epoch)", client, expected,
                reply(daemon.call(command, by: client)) { .status($0.run.status) })
        }
        try settleWaiters()
    }

    private func release() throws {
        guard let (lease, text) = pickLease() else { return }
        let client = random.pick(clients)
        let expected = predict { $0.release(lease, identity(client)) }
        let actual = reply(daemon.call(ReleaseRun(proof: .text(text)), by: client)) {
            Reply.status($0.status)
        }
        try compare("release \(lease.run)@\(lease.epoch)", client, expected, actual)
        try settleWaiters()
    }

    private func operate() throws {
        let (name, client) = (pickRun(), random.pick(clients))
        if random.oneIn(3) {
            let expected = oracle.pause(name)
            try compare(
                "pause \(name)", client, expected,
                reply(daemon.call(PauseRun(run: name), by: client)) { .status($0.status) })
        } else {
            let expected = oracle.unpause(name)
            try compare(
                "unpause \(name)", client, expected,
                reply(daemon.call(UnpauseRun(run: name), by: client)) { .status($0.status) })
        }
        try settleWaiters()
    }

    private func resolve() throws {
        let (name, step, client) = (pickRun(), random.pick(stepNames), random.pick(clients))
        let output = random.oneIn(2) ? "\"resolved\"" : nil
        let expected = oracle.resolve(name, step, completed: output)
        let resolution: ResolveStep.Resolution = output.map { .completed(Payload(text: $0)) } ?? .rerun
        let command = ResolveStep(run: name, step: step, resolution: resolution)
        try compare(
            "resolve \(name) \(step)", client, expected,
            reply(daemon.call(command, by: client)) { _ in .done })
        try settleWaiters()
    }

    // MARK: Death and time

    private func killClient() throws {
        let index = random.below(clients.count)
        let client = clients[index]
        trail.append("kill \(client.peer.process.pid)")
        waiting.removeAll { $0.client.session == client.session }
        daemon.kill(client)
        oracle.openSessions.remove(client.session)
        for (name, run) in oracle.runs
        where run.status == .running && run.owner?.process == client.peer.process.pid {
            oracle.interrupt(name, mayReturn: false)
        }
        for (name, run) in oracle.runs {
            for (step, record) in run.steps
            where record.status == .running && record.holder == client.peer.process.pid {
                oracle.lose(step, record, of: name)
            }
        }
        clients[index] = daemon.connect()
        oracle.openSessions.insert(clients[index].session)
        try settleWaiters()
    }

    private func disconnect() throws {
        let index = random.below(clients.count)
        trail.append("disconnect \(clients[index].peer.process.pid)")
        lose(index, reconnecting: true)
        try settleWaiters()
    }

    private func lose(_ index: Int, reconnecting: Bool) {
        let client = clients[index]
        waiting.removeAll { $0.client.session == client.session }
        daemon.disconnect(client)
        oracle.openSessions.remove(client.session)
        oracle.cutOff(client.session, grace: 2000)
        clients[index] = daemon.reconnect(client)
        oracle.openSessions.insert(clients[index].session)
    }

    /// Time passes; owners that stayed away longer than the grace lose their runs.
    private func advance() throws {
        let span = Int64(random.pick([1, 50, 100, 150, 5000]))
        trail.append("advance \(span)")
        pass(span)
        try settleWaiters()
    }

    func pass(_ span: Int64) {
        daemon.loop.advance(span)
        oracle.pass(until: daemon.clock.now().milliseconds - start)
    }

    private func restart() throws {
        trail.append("restart")
        waiting.removeAll()
        try daemon.restart()
        oracle.cutOff(nil, grace: 30_000)
        for index in clients.indices { clients[index] = daemon.reconnect(clients[index]) }
        oracle.openSessions = Set(clients.map(\.session))
        // Nobody comes back within the grace: the living lose their runs as if they had been cut off.
        pass(40_000)
    }

    // MARK: Comparing

    /// All that can be read of all runs.
    func compareEverything() throws {
        for name in runNames {
            guard let expected = oracle.runs[name] else { continue }
            let actual = try daemon.read { store in try Snapshot(store, name) }
            let wanted = Snapshot(expected)
            if actual != wanted {
                throw Difference(
                    description: "run \(name):\n  expected \(wanted)\n  actual   \(actual)\n" + trailText)
            }
        }
    }

    func compare(_ what: String, _ client: TestClient, _ expected: Reply, _ actual: Reply) throws {
        trail.append("\(what) by \(client.peer.process.pid): \(actual)")
        if expected != actual { throw difference(what, expected, actual) }
        if case .refused = actual { return }
        done[String(what.prefix { $0 != " " }), default: 0] += 1
    }

    func difference(_ what: String, _ expected: Reply, _ actual: Reply) -> Difference {
        Difference(description: "\(what): expected \(expected), got \(actual)\n" + trailText)
    }

    private var trailText: String { "last operations:\n  " + trail.suffix(25).joined(separator: "\n  ") }

    func reply<Value>(_ result: Result<Value, Failure>, _ read: (Value) -> Reply) -> Reply {
        switch result {
        case .success(let value): read(value)
        case .failure(let failure): .refused(failure.kind)
        }
    }

    /// Mostly a recent lease, sometimes an old one.
    func pickLease() -> (lease: Oracle.Lease, text: String)? {
        if leases.isEmpty { return nil }
        return random.oneIn(5) ? random.pick(leases) : random.pick(leases.suffix(4))
    }

    /// Mostly the attempt that counts, sometimes one before or after it.
    private func pickAttempt(_ lease: Oracle.Lease, _ step: String) -> Int64 {
        let current = oracle.runs[lease.run]?.steps[step]?.attempt ?? 1
        return max(1, current + Int64(random.pick([0, 0, 0, -1, 1])))
    }

    /// What a call for a run answers; one that is refused or waits changes nothing,
    /// not even whose connection it is.
    func predict(_ call: (inout Oracle) -> Reply) -> Reply {
        let before = oracle.runs
        let expected = call(&oracle)
        if case .refused = expected { oracle.runs = before }
        if expected == .waits { oracle.runs = before }
        return expected
    }

    func identity(_ client: TestClient) -> (process: Int32, session: Int64) {
        (client.peer.process.pid, client.session)
    }
}
