@preconcurrency import Glibc
import Sidestep
import SidestepProtocol
import Synchronization

/// Keeps a program going until it succeeds: the owner of its run.
final class Supervisor {
    /// What `sidestep run` itself ends with.
    enum ExitStatus {
        static let internalError: Int32 = 125
        static let gaveUp: Int32 = 76
        static let budget: Int32 = 77
    }

    struct Policy {
        var restarts = true
        /// Restarts in a row without a newly completed step.
        var maxRestarts = 10
        /// Exit statuses that a restart would not change: usage and configuration.
        var final: Set<Int32> = [2, 64, 78]
    }

    private let run: String
    private let lease: String
    private let socket: String
    private let policy: Policy
    private var failures = 0
    /// What we end with when it is not the program's own status.
    private var gaveUp: Int32?
    private var completed: Int64 = 0
    /// The program's process or group, for the thread that hears of the run's end.
    private static let target = Atomic<Int32>(0)
    private static let isCancelled = Atomic<Bool>(false)

    init(run: String, lease: String, socket: String, policy: Policy, completed: Int64) {
        (self.run, self.lease, self.socket, self.policy, self.completed) = (
            run, lease, socket, policy, completed
        )
    }

    /// Runs the program again and again; answers the exit status.
    func supervise(_ program: SupervisedProgram) throws -> Int32 {
        EndWatcher.start(run: run, socket: socket) {
            Self.isCancelled.store(true, ordering: .sequentiallyConsistent)
            let target = Self.target.load(ordering: .sequentiallyConsistent)
            if target != 0 { kill(target, SIGTERM) }
            SignalRelay.wake()
        }
        while true {
            let end = program.run { Self.target.store($0, ordering: .sequentiallyConsistent) }
            Self.target.store(0, ordering: .sequentiallyConsistent)
            if end.status == 0 { return try complete() }
            let isCancelled = Self.isCancelled.load(ordering: .sequentiallyConsistent)
            if end.stoppedBy != nil || isCancelled { return release(end.status) }
            guard let delay = try fail(end.status) else { return gaveUp ?? end.status }
            Output.complain("sidestep: \(Self.message(end.status)); again in \(RelativeTime.span(delay))")
            if !pause(delay) { return release(end.status) }
        }
    }

    // MARK: How it ends

    private func complete() throws -> Int32 {
        try call("run.complete") { $0.object("output") { $0.member("exit", 0) } }
        return 0
    }

    /// Somebody stopped us: the run can be continued.
    private func release(_ status: Int32) -> Int32 {
        // Refused where somebody ended the run, which is as good.
        _ = try? call("run.release") { _ in }
        return status
    }

    /// Says that the program failed.
    ///
    /// - Returns: milliseconds until the next attempt; nil when there is none.
    private func fail(_ status: Int32) throws -> Int? {
        let done = try counted()
        if done > completed { failures = 0 }
        completed = done
        failures += 1
        let isLoop = failures > policy.maxRestarts
        let isFinal = !policy.restarts || policy.final.contains(status) || isLoop
        if isLoop && policy.restarts && !policy.final.contains(status) { gaveUp = ExitStatus.gaveUp }
        let answer = try call("run.fail") { writer in
            writer.object("error") { writer in
                writer.member("type", gaveUp == nil ? "exit" : "crash_loop")
                writer.member("message", Self.message(status))
                writer.member("exit", Int(status))
            }
            if isFinal { writer.member("retryable", false) }
        }
        if answer["run"]?["reason"]?.string == "budget" {
            gaveUp = ExitStatus.budget
            return nil
        }
        return isFinal || answer["retry"]?.bool != true ? nil : Self.delay(failures)
    }

    /// One second, doubled up to a minute, with a fifth of chance: many programs that die of one cause do
    /// not return together.
    private static func delay(_ failures: Int) -> Int {
        let plain = min(60_000, 1000 << min(failures - 1, 6))
        return plain - plain / 10 + Int.random(in: 0...(plain / 5))
    }

    private static func message(_ status: Int32) -> String {
        status > 128 ? "signal \(status - 128) ended the program" : "the program exited with \(status)"
    }

    private func counted() throws -> Int64 {
        try call("run.get", named: true) { _ in }["steps"]?["completed"]?.integer ?? 0
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
        }
        return true
    }

    // MARK: The daemon

    /// How long a daemon that is being restarted is waited for.
    private static let patience: Duration = .seconds(60)

    /// Calls over a connection of its own: days may have passed since the last call, and a daemon.
    @discardableResult
    private func call(
        _ method: String, named: Bool = false, _ write: (inout JSONWriter) -> Void
    ) throws -> RawJSON {
        let end = ContinuousClock.now + Self.patience
        while true {
            do {
                return try BlockingConnection(socket: socket).call(method) { writer in
                    if named { writer.member("run", run) } else { writer.member("lease", lease) }
                    write(&writer)
                }
            } catch let error as SidestepError
                where [.connectionLost, .daemonNotFound, .shuttingDown].contains(error.kind)
                && ContinuousClock.now < end
            {
                usleep(200_000)
            }
        }
    }
}
