import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport

/// A daemon in the test's process, with the few calls that most tests make.
struct EngineBench {
    let daemon: TestDaemon

    /// Runs `body` over a fresh database, which is gone afterwards.
    static func with(_ settings: EngineSettings = .init(), _ body: (EngineBench) throws -> Void) throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let daemon = try TestDaemon(path: folder + "/sidestep.db", seed: 1, settings: settings)
        defer { daemon.close() }
        try body(EngineBench(daemon: daemon))
    }

    /// The same over a store that does what its contract allows and SQLite does not.
    static func loose(seed: UInt64, _ body: (EngineBench) throws -> Void) throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let daemon = try TestDaemon(
            path: folder + "/sidestep.db", seed: seed,
            opening: { try LooseStore($0, seed: seed, clock: $1, $2) })
        defer { daemon.close() }
        try body(EngineBench(daemon: daemon))
    }

    // MARK: Runs

    @discardableResult
    func enqueue(
        _ run: String, workflow: String = "w", by client: TestClient,
        _ change: (inout NewRun) -> Void = { _ in }
    ) throws -> EnqueueRun.Result {
        var new = NewRun(workflow: workflow)
        change(&new)
        return try daemon.call(EnqueueRun(run: run, new: new), by: client).get()
    }

    func resume(
        _ run: String, by client: TestClient, _ change: (inout ResumeRun) -> Void = { _ in }
    ) throws -> ResumeRun.Result {
        var resume = ResumeRun(
            owner: .init(kind: .connection, process: client.peer.process, ttlMilliseconds: nil))
        resume.run = run
        change(&resume)
        return try daemon.call(resume, by: client).get()
    }

    func claim(
        _ workflows: [String] = ["w"], queues: [String] = ["default"], wait: Int64 = 0,
        version: String? = nil, by client: TestClient
    ) -> TestDaemon.Pending<ClaimRun.Claimed?> {
        var claim = ClaimRun(
            workflows: workflows, queues: queues,
            owner: .init(kind: .connection, process: client.peer.process, ttlMilliseconds: nil))
        claim.waitMilliseconds = wait
        claim.codeVersion = version
        return daemon.start(claim, by: client)
    }

    func status(_ run: String) throws -> RunStatus? {
        try daemon.read { try $0.run(user: nil, id: run, generation: nil)?.status }
    }

    func step(_ run: String, _ name: String) throws -> StepRecord? {
        try daemon.read { store in
            try store.run(user: nil, id: run, generation: nil).flatMap {
                try store.step(run: $0.key, name: name)
            }
        }
    }

    // MARK: Waits

    func wait(
        _ step: String, _ conditions: [WaitCondition], lease: String, end: WaitEnd? = nil, wait: Int64? = nil,
        by client: TestClient
    ) -> TestDaemon.Pending<StepOutcome> {
        var command = AwaitStep(proof: .text(lease), step: step)
        command.conditions = conditions
        command.end = end
        command.waitMilliseconds = wait
        return daemon.start(command, by: client)
    }

    @discardableResult
    func signal(
        _ run: String, _ name: String, _ value: String = "null", id: String? = nil, by client: TestClient
    ) -> Result<SendSignal.Result, Failure> {
        var send = SendSignal(run: run, signal: name)
        send.value = Payload(text: value)
        send.messageID = id
        return daemon.call(send, by: client)
    }
}

extension TestDaemon.Pending where Value == StepOutcome {
    /// The recorded output as text; nil while the call waits.
    var output: String? { (try? result?.get())?.output.map { String(decoding: $0, as: UTF8.self) } }
}

extension TestDaemon.Pending where Value == ClaimRun.Claimed? {
    /// The id of the claimed run; nil while the call waits or when nothing came.
    var run: String? { (try? result?.get())??.granted.run.id }
}

/// The kind of a refusal; nil for a success.
func kind<Value>(_ result: Result<Value, Failure>?) -> ErrorKind? {
    if case .failure(let failure) = result { return failure.kind }
    return nil
}

/// The name of the limit that a call met.
func limitMet<Value>(_ result: Result<Value, Failure>) -> String? {
    if case .failure(let failure) = result { return failure.limit }
    return nil
}
