import CShims
import Glibc
import SidestepEngine
import SidestepHTTPClient
import SidestepHost
import SidestepModel
import SidestepProtocol
import Subprocess
import Synchronization
import SystemPackage

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
    private let running = Mutex<[String: AsyncStream<StopReason>.Continuation]>([:])
    private let children = ProgramChildren()

    enum StopReason { case stopped, timeout }

    /// - Parameters:
    ///   - socket: what programs find in `SIDESTEP_SOCKET`.
    ///   - environment: the daemon's own; what concerns only the daemon is not handed on.
    public init(
        socket: String, environment: [String: String], credentials: Current<Credentials>,
        identify: @escaping Identify
    ) {
        var base = environment.filter { name, _ in
            !Self.ownVariables.contains(name) && !name.hasPrefix("SIDESTEP_") && !name.hasPrefix("LISTEN_")
                && !name.hasPrefix("WATCHDOG_")
        }
        base["SIDESTEP_SOCKET"] = socket
        self.environment = base
        self.identify = identify
        self.credentials = credentials
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
        let stops = began(task.token)
        Task.detached {
            let outcome = await self.run(program, task, stops, started)
            self.ended(task.token)
            done(outcome)
        }
    }

    /// A program is under way; answers the reasons for which it is to end.
    func began(_ token: String) -> AsyncStream<StopReason> {
        let (stops, continuation) = AsyncStream.makeStream(of: StopReason.self)
        running.withLock { $0[token] = continuation }
        return stops
    }

    func ended(_ token: String) { running.withLock { $0.removeValue(forKey: token) }?.finish() }

    func stop(_ token: String) { running.withLock { $0[token] }?.yield(.stopped) }

    /// Ends what is left of programs that an earlier daemon started.
    func end(_ orphans: [Orphan], then done: @escaping @Sendable () -> Void) {
        let trees = orphans.map { orphan in
            // The group's number is that of its first process; it is trusted only while that one lives.
            let group = orphan.process.flatMap { identify($0.pid) == $0 ? $0.pid : nil }
            return ProcessTree(mark: .word(orphan.token), group: group)
        }
        Self.onThread("orphans") {
            ProcessTree.end(trees, graceMilliseconds: Self.orphanGraceMilliseconds)
            done()
        }
    }

    // MARK: One program

    private func run(
        _ program: Program, _ task: StepTask, _ stops: AsyncStream<StopReason>,
        _ started: @escaping @Sendable (ProcessIdentity) -> Void
    ) async -> TaskOutcome {
        var options = PlatformOptions()
        options.processGroupID = 0
        let name = program.arguments[0]
        // A file, not a pipe: nobody has to write to a program that may not read.
        let file = program.input.withUnsafeBytes { shim_memory_file($0.baseAddress, Int64($0.count)) }
        guard file >= 0 else { return notStarted(Errno(rawValue: -file), name) }
        let input = FileDescriptorInput.fileDescriptor(
            FileDescriptor(rawValue: file), closeAfterSpawningProcess: true)
        let child = children.begin()
        defer { children.end(child) }
        do {
            let result = try await Subprocess.run(
                name.contains("/") ? .path(FilePath(name)) : .name(name),
                arguments: Arguments(Array(program.arguments.dropFirst())),
                environment: .custom(variables(program, task)),
                workingDirectory: program.directory.map { FilePath($0) }, platformOptions: options,
                input: input, output: .sequence, error: .sequence
            ) { execution in
                let pid = execution.processIdentifier.value
                self.children.began(child, pid)
                if let process = self.identify(pid) { started(process) }
                let tree = ProcessTree(mark: .word(task.token), group: pid)
                let keeper = Task { await Self.keep(tree, program, stops) }
                async let output = Self.tail(execution.standardOutput, program)
                async let error = Self.tail(execution.standardError, program)
                // It may close both and go on: only the end of the program ends the watch over it.
                return (await (output, error), keeper)
            }
            running.withLock { $0[task.token] }?.finish()
            let (tails, keeper) = result.closureResult
            return outcome(result.terminationStatus, tails, await keeper.value)
        } catch {
            guard let pid = children.pid(of: child) else { return notStarted(error, name) }
            // Somebody else has waited for it, or it cannot be waited for: what it did is not known.
            await Self.kill(ProcessTree(mark: .word(task.token), group: pid))
            return .lost
        }
    }

    /// Ends what programs left behind and nobody waits for: process 1 is the parent of all that have lost
    /// theirs.
    public func reapOrphans() { children.reapOthers() }

    /// Waits for the end of a program, or for the reason to end it; leaves nothing of its group behind.
    ///
    /// - Returns: the reason; nil when the program ended by itself.
    private static func keep(
        _ tree: ProcessTree, _ program: Program, _ stops: AsyncStream<StopReason>
    ) async -> StopReason? {
        let timer = program.timeoutMilliseconds
        let reason = await withTaskGroup(of: StopReason?.self) { group in
            group.addTask { await stops.first { _ in true } }
            if let timer {
                group.addTask {
                    do { try await Task.sleep(for: .milliseconds(timer)) } catch { return nil }
                    return .timeout
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard reason != nil || tree.hasGroup else { return nil }
        tree.signal(SIGTERM)
        let end = ContinuousClock.now + .milliseconds(program.graceMilliseconds)
        var pause = Duration.milliseconds(10)
        while tree.hasGroup, ContinuousClock.now < end {
            try? await Task.sleep(for: min(pause, end - .now))
            pause = min(pause * 2, .milliseconds(100))
        }
        await kill(tree)
        return reason
    }

    private static func kill(_ tree: ProcessTree) async {
        await withCheckedContinuation { continuation in
            onThread("kill") {
                tree.killRest()
                continuation.resume()
            }
        }
    }

    private static func tail(_ output: SubprocessOutputSequence, _ program: Program) async -> OutputTail {
        var tail = OutputTail(limit: program.outputLimit, secrets: program.secrets)
        do {
            for try await chunk in output { tail.append(chunk.withUnsafeBytes { Array($0) }) }
        } catch {
            // The pipe broke: what came before is what there is.
        }
        return tail
    }

    private func variables(_ program: Program, _ task: StepTask) -> [Subprocess.Environment.Key: String] {
        var all = environment
        for (name, value) in program.environment { all[name] = value }
        all["SIDESTEP_RUN"] = task.run
        all["SIDESTEP_STEP"] = task.name
        all["SIDESTEP_IDEMPOTENCY_KEY"] = task.idempotencyKey
        all[ProcessMark.variable] = task.token
        return Dictionary(
            uniqueKeysWithValues: all.map { (Subprocess.Environment.Key(stringLiteral: $0), $1) })
    }

    private func outcome(
        _ status: TerminationStatus, _ tails: (OutputTail, OutputTail), _ reason: StopReason?
    ) -> TaskOutcome {
        if reason == .stopped { return .stopped }
        var end = ProgramEnd(status: 0, output: tails.0, error: tails.1, isTimedOut: reason == .timeout)
        switch status {
        case .exited(let code): end.status = code
        case .signaled(let signal):
            end.signal = signal
            end.status = 128 + signal
        }
        return end.isSuccess ? .completed(end.record) : .failed(end.record, AttemptError(types: end.types))
    }

    /// A program that is not there, or may not be executed, will not be by another attempt.
    private func notStarted(_ error: any Error, _ name: String) -> TaskOutcome {
        let problem = error as? SubprocessError
        let isMissing = problem?.code == .executableNotFound
        let record = RawJSON.build { writer in
            writer.beginObject()
            writer.member("type", "not_started")
            writer.member("message", "\(name) cannot be started: \(problem?.description ?? "\(error)")")
            writer.member("exit", isMissing ? 127 : 126)
            writer.endObject()
        }
        return .failed(record.bytes, AttemptError(types: ["not_started"], retryable: false))
    }

    /// Does what blocks on a thread of its own; where the system has none left, on one that others share.
    static func onThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
        if (try? WorkerThread(name, body)) == nil { Task.detached { body() } }
    }
}
