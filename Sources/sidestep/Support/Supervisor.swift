@preconcurrency import Glibc
import Sidestep
import SidestepHost
import SidestepModel
import SidestepProtocol
import SidestepWorkspace
import Synchronization

/// Keeps a program going until it succeeds: the owner of its run.
final class Supervisor {
    /// What `sidestep run` itself ends with.
    enum ExitStatus {
        static let internalError: Int32 = 125
        static let isOwned: Int32 = 75
        static let gaveUp: Int32 = 76
        static let budget: Int32 = 77

        /// What an error of the daemon is to whoever called us.
        static func of(_ error: SidestepError) -> Int32 {
            switch error.kind {
            case .runOwned: isOwned
            case .budgetExhausted: budget
            case .runPaused: error.reason == PauseReason.budget.rawValue ? budget : gaveUp
            default: internalError
            }
        }

        /// Ends the process: with what some work answers, or with its error, said.
        static func end(with work: () throws -> Int32) throws -> Never {
            do {
                Glibc.exit(try work())
            } catch let error as SidestepError {
                Complaint(error).print()
                Glibc.exit(of(error))
            }
        }
    }

    /// When a program that has ended is started again.
    enum Restart: String, CaseIterable { case no, onFailure = "on-failure", always }

    struct Policy {
        var restart = Restart.onFailure
        /// Restarts after failures in a row, without progress between them: the run's `max_interruptions`.
        var maxRestarts = 10
        /// Exit statuses that a restart would not change: usage and configuration.
        var final: Set<Int32> = [2, 64, 78]
        /// Exit statuses that are a success: 0 is always.
        var successes: Set<Int32> = [0]

        /// Whether a program that failed is started again.
        func restarts(after status: Int32) -> Bool { restart != .no && !final.contains(status) }
    }

    private let run: String
    /// What tells this run from all others of its id.
    private let uid: String
    /// Of this start; each start after a failure has its own, with its own epoch.
    private var lease: String
    private var epoch: Int
    private let socket: String
    /// Our process as the daemon sees it: in a container that is another number than our own.
    private let process: Int64
    private let policy: Policy
    /// What the program's calls to providers go through; nil where they go their own way.
    var recorder: RunRecorder?
    private var completed: Int64
    /// Whether the run can be gone on with, and nobody has told us to end.
    private(set) var isLeftOpen = true
    /// What is set back before each start.
    var workspace: Workspace?
    /// Who had the run before us and started nothing, where somebody detached the program.
    var handedOver: HandOver?
    /// What keeps its trees before calls; nil where nobody asked for that.
    var callTrees: CallTrees?
    /// Whether a start before this one ended badly.
    private var hasFailed = false
    /// How the start before ended, of this or an earlier supervisor; nil at the first one.
    private var lastEnd: String?
    /// Good ends in a row of a program that runs always, without a step completed between them.
    private var idle = 0
    /// The program's process or group, for the thread that hears of the run's end.
    private static let target = Atomic<Int32>(0)
    private static let isCancelled = Atomic<Bool>(false)

    /// - Parameter opened: what `resume` answered.
    init(run: String, lease: String, socket: String, opened: RawJSON, policy: Policy) {
        (self.run, self.lease, self.socket, self.policy) = (run, lease, socket, policy)
        (uid, epoch) = (opened["run"]?["uid"]?.string ?? run, opened["epoch"]?.int ?? 0)
        process = opened["run"]?["owner"]?["pid"]?.integer ?? Int64(getpid())
        completed = Int64(
            opened["steps"]?.elements.count { $0["status"]?.string == "completed" } ?? 0)
    }

    /// Runs the program again and again; answers the exit status.
    func supervise(_ program: SupervisedProgram) throws -> Int32 {
        EndWatcher.start(run: run, owner: process, socket: socket, isRecorded: recorder != nil) {
            Self.isCancelled.store(true, ordering: .sequentiallyConsistent)
            let target = Self.target.load(ordering: .sequentiallyConsistent)
            if target != 0 { kill(target, SIGTERM) }
            SignalRelay.wake()
        }
        lastEnd = try endBefore()
        endLeftovers(program.killAfter)
        while true {
            let end = try start(program)
            lastEnd = Self.ending(end.status)
            let isSuccess = policy.successes.contains(end.status)
            if isSuccess && policy.restart != .always { return try complete(end.status) }
            let isCancelled = Self.isCancelled.load(ordering: .sequentiallyConsistent)
            if end.stoppedBy != nil || isCancelled { return release(end.status) }
            guard let delay = try isSuccess ? again() : fail(end.status) else { return end.status }
            Output.complain("sidestep: \(Self.message(end.status)); again in \(RelativeTime.span(delay))")
            if !pause(delay) { return release(end.status) }
        }
    }

    /// Runs the program once.
    private func start(_ program: SupervisedProgram) throws -> SupervisedProgram.End {
        try prepareWorkspace()
        var program = program
        program.environment.variables["SIDESTEP_LEASE"] = lease
        program.environment.variables["SIDESTEP_EPOCH"] = "\(epoch)"
        program.environment.variables["SIDESTEP_LAST_END"] = lastEnd
        do {
            try recorder?.begin(in: &program.environment, lease: lease)
        } catch {
            // Nothing has begun: whoever mends it goes on with the run.
            _ = release(ExitStatus.internalError)
            throw error
        }
        program.word = WorkMark.run(uid, epoch: epoch)
        defer { Self.target.store(0, ordering: .sequentiallyConsistent) }
        let end = try program.run { Self.target.store($0, ordering: .sequentiallyConsistent) }
        try recorder?.end()
        return end
    }

    /// How the last start ended that was another supervisor's.
    private func endBefore() throws -> String? {
        if let handedOver, epoch == handedOver.epoch + 1 { return handedOver.lastEnd }
        return epoch > 1 ? try HandOver.lastEnd { try call($0, as: .name) { _ in } } : nil
    }

    /// How a start ended, as the next one is told.
    private static func ending(_ status: Int32) -> String {
        status > 128 ? "signal:\(status - 128)" : "exit:\(status)"
    }

    /// Ends what is left of a start whose supervisor was killed: it would work beside ours.
    private func endLeftovers(_ grace: Duration) {
        let tree = ProcessTree(mark: .beginning(WorkMark.everyRun(uid)))
        let count = tree.count
        guard count > 0 else { return }
        Output.complain("sidestep: ending \(count) processes that an earlier start of the run left behind")
        ProcessTree.end([tree], graceMilliseconds: Int64(grace.milliseconds))
    }

    private func prepareWorkspace() throws {
        // What the last start left is looked at before it is set back.
        callTrees?.settle()
        do {
            try workspace?.prepareTelling(of: run)
        } catch {
            // Nothing has begun: whoever mends it goes on with the run.
            _ = release(ExitStatus.internalError)
            throw error
        }
    }

    // MARK: How it ends

    private func complete(_ status: Int32) throws -> Int32 {
        // What its calls have used is booked before it is over.
        recorder?.close()
        recorder = nil
        try call("run.complete") { $0.object("output") { $0.member("exit", Int(status)) } }
        return status
    }

    /// Somebody stopped us: the run can be continued.
    private func release(_ status: Int32) -> Int32 {
        isLeftOpen = false
        // Refused where somebody ended the run, which is as good.
        _ = try? call("run.release") { _ in }
        return status
    }

    /// A program that runs always has ended well: that is no failure, but it has the less to do the less it
    /// completes.
    ///
    /// - Returns: milliseconds until it begins again.
    private func again() throws -> Int {
        let done = try call("run.get", as: .name) { _ in }["steps"]?["completed"]?.integer ?? 0
        idle = done > completed ? 1 : idle + 1
        completed = done
        return Self.delay(idle)
    }

    /// Says that the program failed.
    ///
    /// - Returns: milliseconds until the next start; nil when there is none.
    private func fail(_ status: Int32) throws -> Int? {
        let answer = try call("run.fail") { writer in
            writer.object("error") { writer in
                writer.member("type", "exit")
                writer.member("message", Self.message(status))
                writer.member("exit", Int(status))
            }
            if !policy.restarts(after: status) { writer.member("retryable", false) }
        }
        if answer["run"]?["reason"]?.string == PauseReason.budget.rawValue {
            throw SidestepError(
                .budgetExhausted, "\(Self.message(status)); the run has used up its budget", run: run,
                hint: "`\(ShellText.sidestep("budget get", run))` shows it; raise it, then: "
                    + ShellText.sidestep("unpause", run))
        }
        return answer["retry"]?.bool == true ? try takeOver(after: status) : nil
    }

    /// Begins a new epoch at once, before the pause: what is left of the old start is fenced, and the daemon
    /// counts the failure as an interruption.
    ///
    /// - Returns: milliseconds until the next start; nil when somebody ended the run.
    private func takeOver(after status: Int32) throws -> Int? {
        do {
            let opened = try call("resume", as: .name) { writer in
                writer.member("create", false)
                writer.member("owner", "process")
                writer.member("if_owned", "take_over")
                writer.member("max_interruptions", policy.maxRestarts)
                writer.member("steps", "none")
            }
            guard let lease = opened.present("lease")?.string else { return nil }
            self.lease = lease
            epoch = opened["epoch"]?.int ?? epoch
            let interruptions = Int(opened["run"]?["interruptions"]?.integer ?? 1)
            // SIGKILL comes from outside, a deployment or a test among them: it says nothing about an answer.
            let isTold = status == 128 + SIGKILL
            try recorder?.escape(progressed: isTold || interruptions <= 1 && hasFailed)
            hasFailed = true
            return Self.delay(interruptions)
        } catch var error as SidestepError where error.reason == PauseReason.crashLoop.rawValue {
            error.message =
                "\(Self.message(status)); given up after \(policy.maxRestarts) restarts without a step "
                + "completed: \(error.message)"
            throw error
        }
    }

    /// One second, doubled up to a minute, with a fifth of chance: many programs that die of one cause do
    /// not return together.
    private static func delay(_ starts: Int) -> Int {
        let plain = min(60_000, 1000 << min(max(0, starts - 1), 6))
        return plain - plain / 10 + Int.random(in: 0...(plain / 5))
    }

    private static func message(_ status: Int32) -> String {
        status > 128 ? "signal \(status - 128) ended the program" : "the program exited with \(status)"
    }

    /// Waits; false when somebody told us to end meanwhile.
    private func pause(_ milliseconds: Int) -> Bool {
        SignalRelay.begin()
        defer { SignalRelay.end() }
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while ContinuousClock.now < end {
            if SignalRelay.received != nil || Self.isCancelled.load(ordering: .sequentiallyConsistent) {
                return false
            }
            var bell = pollfd(fd: SignalRelay.bell, events: Int16(POLLIN), revents: 0)
            let left = Int32(clamping: max(0, (end - .now).milliseconds + 1))
            if poll(&bell, 1, left) > 0 { SignalRelay.hush() }
            ChildProcess.reapAll()
        }
        return true
    }

    // MARK: The daemon

    /// How long a daemon that is being restarted, or whose disk is full, is waited for.
    private static let patience: Duration = .seconds(60)

    /// How a call says which run it means.
    private enum Proof { case lease, name }

    @discardableResult
    private func call(
        _ method: String, as proof: Proof = .lease, _ write: (inout JSONWriter) -> Void
    ) throws -> RawJSON {
        // Over a connection of its own: days may have passed since the last call.
        try PatientCalls(socket: socket, patience: Self.patience).call(method) { writer in
            if proof == .name { writer.member("run", run) } else { writer.member("lease", lease) }
            write(&writer)
        }
    }
}
