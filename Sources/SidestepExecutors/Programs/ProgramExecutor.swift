import Glibc
import SidestepEngine
import SidestepHTTPClient
import SidestepHost
import SidestepModel
import SidestepProtocol
import Synchronization

/// Runs programs for steps: each in a process group of its own, ended with all that comes from it.
public final class ProgramExecutor: Sendable {
    /// Told once, when the program has ended.
    public typealias Done = @Sendable (TaskOutcome) -> Void
    /// Says which process a number means now; nil when there is none.
    public typealias Identify = @Sendable (Int32) -> ProcessIdentity?

    /// Milliseconds between SIGTERM and SIGKILL of what an earlier daemon left.
    static let orphanGraceMilliseconds: Int64 = 5000

    private let environment: [String: String]
    let identify: Identify
    private let credentials: Current<Credentials>
    private let running = Mutex<[String: StopOrder]>([:])
    private let children = ProgramChildren()
    let spare: SpareThread

    /// - Parameters:
    ///   - socket: what programs find in `SIDESTEP_SOCKET`.
    ///   - environment: the daemon's own; what concerns only the daemon is not handed on.
    /// - Throws: `overloaded` when the system has no thread left.
    public init(
        socket: String, environment: [String: String], credentials: Current<Credentials>,
        identify: @escaping Identify
    ) throws {
        var base = environment.filter { name, _ in
            !Self.ownVariables.contains(name) && !name.hasPrefix("SIDESTEP_") && !name.hasPrefix("LISTEN_")
                && !name.hasPrefix("WATCHDOG_")
        }
        base["SIDESTEP_SOCKET"] = socket
        self.environment = base
        self.identify = identify
        self.credentials = credentials
        spare = try SpareThread("programs")
    }

    /// What systemd tells the daemon and nobody else, systemd.exec(5).
    private static let ownVariables: Set<String> = [
        "NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM", "CREDENTIALS_DIRECTORY", "MAINPID",
    ]

    func start(_ task: StepTask, started: @escaping @Sendable (ProcessIdentity) -> Void, done: @escaping Done)
    {
        let program: Program
        do {
            program = try Program(RawJSON(validated: task.spec), SecretText(credentials.value.secret))
        } catch {
            return done(Exchange.outcome(Refusal(type: "credential", message: error.message)))
        }
        guard let bell = Spawning.pipe() else {
            return done(notStarted(StartProblem(number: errno), program.arguments[0]))
        }
        let order = StopOrder(ringing: bell)
        began(task.token, order)
        do {
            _ = try WorkerThread("program") {
                let outcome = self.run(program, task, order, started)
                self.ended(task.token)
                done(outcome)
            }
        } catch {
            ended(task.token)
            done(notStarted(StartProblem(number: EAGAIN), program.arguments[0]))
        }
    }

    /// A program is under way, and this is the order to end it.
    func began(_ token: String, _ order: StopOrder) { running.withLock { $0[token] = order } }

    func ended(_ token: String) { _ = running.withLock { $0.removeValue(forKey: token) } }

    func stop(_ token: String) { running.withLock { $0[token] }?.give() }

    /// Ends what is left of programs that an earlier daemon started.
    func end(_ orphans: [Orphan], then done: @escaping @Sendable () -> Void) {
        let trees = orphans.map { orphan in
            // The group's number is that of its first process; it is trusted only while that one lives.
            let group = orphan.process.flatMap { identify($0.pid) == $0 ? $0.pid : nil }
            return ProcessTree(mark: .word(orphan.token), group: group)
        }
        spare.onThread("orphans") {
            ProcessTree.end(trees, graceMilliseconds: Self.orphanGraceMilliseconds)
            done()
        }
    }

    // MARK: One program

    private func run(
        _ program: Program, _ task: StepTask, _ order: StopOrder,
        _ started: @escaping @Sendable (ProcessIdentity) -> Void
    ) -> TaskOutcome {
        let child = children.begin()
        defer { children.end(child) }
        do {
            let process = try StartedProgram.start(program, environment: variables(program, task))
            let pid = process.pid
            children.began(child, pid)
            if let process = identify(pid) { started(process) }
            var watch = ProgramWatch(
                program, process, ProcessTree(mark: .word(task.token), group: pid), order)
            return outcome(watch.run())
        } catch {
            return notStarted(error, program.arguments[0])
        }
    }

    /// Ends what programs left behind and nobody waits for: process 1 is the parent of all that have lost
    /// theirs.
    public func reapOrphans() { children.reapOthers() }

    private func variables(_ program: Program, _ task: StepTask) -> [String: String] {
        var all = environment
        for (name, value) in program.environment { all[name] = value }
        all["SIDESTEP_RUN"] = task.run
        all["SIDESTEP_STEP"] = task.name
        all["SIDESTEP_IDEMPOTENCY_KEY"] = task.idempotencyKey
        all["TRACEPARENT"] = task.traceparent ?? all["TRACEPARENT"]
        all[ProcessMark.variable] = task.token
        return all
    }

    private func outcome(_ end: ProgramWatch.End) -> TaskOutcome {
        // Somebody else has waited for it: what it did is not known.
        guard let known = end.known else { return .lost }
        if end.reason == .stopped { return .stopped }
        let record = ProgramEnd(
            status: known.status, signal: known.signal, output: end.output, error: end.error,
            isTimedOut: end.reason == .timeout)
        return record.isSuccess
            ? .completed(record.record) : .failed(record.record, AttemptError(types: record.types))
    }

    /// A program that is not there, or may not be executed, will not be by another attempt.
    private func notStarted(_ problem: StartProblem, _ name: String) -> TaskOutcome {
        let record = RawJSON.build { writer in
            writer.beginObject()
            writer.member("type", "not_started")
            writer.member("message", "\(name) cannot be started: \(problem.text)")
            writer.member("exit", problem.isMissing ? 127 : 126)
            writer.endObject()
        }
        return .failed(record.bytes, AttemptError(types: ["not_started"], retryable: problem.passes))
    }
}
