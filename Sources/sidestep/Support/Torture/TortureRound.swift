@preconcurrency import Glibc
import Sidestep
import SidestepHost
import SidestepProtocol
import Synchronization

/// One run of a program from its beginning to its end, with a kill in between.
final class TortureRound {
    /// When the program is killed.
    enum Kill {
        case never
        /// As soon as so many steps are recorded.
        case afterStep(Int)
        /// So long after it began.
        case at(Duration)
    }

    /// What came of it.
    struct Result {
        var status: Int32 = 0
        var wasKilled = false
        /// The steps that were recorded, in their order.
        var steps: [String] = []
        var duration: Duration = .zero
        /// Why the program did not come to an end.
        var problem: String?
    }

    private let run: String
    private let socket: String
    private let command: [String]
    private let connection: BlockingConnection
    private let limit: Duration
    private var lease = ""
    /// How often a program that fails by itself after a kill is started again.
    private static let starts = 4

    init(run: String, socket: String, command: [String], limit: Duration) throws {
        (self.run, self.socket, self.command, self.limit) = (run, socket, command, limit)
        connection = try BlockingConnection(socket: socket)
    }

    func perform(_ kill: Kill) throws -> Result {
        try resume(takingOver: false)
        let begun = ContinuousClock.now
        let target = try StepTarget(run: run, socket: socket, kill)
        defer { target.finish() }
        var result = Result()
        for _ in 0..<Self.starts {
            let time: Duration? = if case .at(let span) = kill, !result.wasKilled { span } else { nil }
            let end = try start(target, killAfter: time)
            if end.isLate {
                result.problem = "did not end within \(limit.milliseconds) ms"
                break
            }
            if end.wasKilled {
                result.wasKilled = true
                try resume(takingOver: true)
                continue
            }
            result.status = end.status
            if end.status == 0 { break }
            try connection.call("run.fail") { $0.member("lease", lease) }
        }
        if result.problem == nil, result.status != 0 { result.problem = "ends with status \(result.status)" }
        result.duration = .now - begun
        result.steps = try steps()
        try close()
        return result
    }

    // MARK: The run

    private func resume(takingOver: Bool) throws {
        let answer = try connection.call("resume") { writer in
            writer.member("run", run)
            writer.member("workflow", "torture")
            writer.member("owner", "process")
            writer.member("steps", "none")
            writer.member("max_interruptions", 1_000_000)
            writer.object("retry") { $0.member("max_attempts", 0) }
            if takingOver { writer.member("if_owned", "take_over") }
        }
        lease = answer.present("lease")?.string ?? ""
    }

    private func steps() throws -> [String] {
        let answer = try connection.call("step.list") { writer in
            writer.member("run", run)
            writer.member("status", "completed")
        }
        return answer["steps"]?.elements.compactMap { $0["step"]?.string } ?? []
    }

    /// Its traces are removed: the next round has another id.
    private func close() throws {
        _ = try? connection.call("run.complete") { $0.member("lease", lease) }
        try connection.call("run.delete") { $0.member("run", run) }
    }

    // MARK: The program

    /// What tells the processes of this round from all others.
    private var word: String { "torture-\(run)" }

    private func start(_ target: StepTarget, killAfter: Duration?) throws -> (
        status: Int32, wasKilled: Bool, isLate: Bool
    ) {
        SignalRelay.hearChildren()
        guard let child = spawn() else { return (127, false, false) }
        let pid = child.pid
        target.aim(at: pid)
        let begun = ContinuousClock.now
        var isLate = false
        if let killAfter, !Self.ends(child, within: killAfter) {
            kill(-pid, SIGKILL)
            target.hit()
        } else if !Self.ends(child, within: limit - (.now - begun)) {
            isLate = true
            kill(-pid, SIGKILL)
        }
        // Nothing of it may go on beside the next start; its corpse keeps the group's number.
        while !child.hasEnded { _ = Self.ends(child, within: .seconds(1)) }
        ProcessTree(mark: .word(word), group: pid).killRest()
        let end = try child.wait()
        let wasKilled = target.takeHit()
        // It may have ended in the moment of the kill.
        return (end.status, wasKilled && end.signal == SIGKILL, isLate)
    }

    private static func ends(_ child: ChildProcess, within span: Duration) -> Bool {
        let end = ContinuousClock.now + span
        while true {
            if child.hasEnded { return true }
            if ContinuousClock.now >= end { return false }
            var bell = pollfd(fd: SignalRelay.bell, events: Int16(POLLIN), revents: 0)
            if poll(&bell, 1, max(0, Int32(clamping: (end - .now).milliseconds + 1))) > 0 {
                SignalRelay.hush()
            }
        }
    }

    private func spawn() -> ChildProcess? {
        var environment = Environment.ofPrograms
        environment.join(run, at: socket)
        environment.variables["SIDESTEP_LEASE"] = lease
        environment.variables[SupervisedRun.variable] = SupervisedRun.byTorture
        return ChildProcess.start(
            command, environment.marked(word), streams: [0: .nowhere, 1: .nowhere, 2: .nowhere],
            ownGroup: true
        ).child
    }
}
