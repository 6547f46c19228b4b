import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Runs a program as it is, and keeps it going.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program under supervision: restarted when it fails, done once.",
        discussion: """
              sidestep run --id research-1 -- python agent.py

            The program finds SIDESTEP_RUN, SIDESTEP_LEASE and SIDESTEP_SOCKET, so that `sidestep step` and the \
            clients work in it. The same id goes on with the same run: steps that are done are not repeated, and \
            a run that has completed does not start its program again. A signal to end goes to the program; the \
            run can then be continued.

            With --detach the daemon keeps the supervisor going, also over its own restarts; `sidestep logs ID` \
            shows what the program prints, `sidestep cancel ID` ends it.

            Exit status: the program's last one; 128 + n when signal n ended it; 125 trouble of sidestep \
            itself, 126 not executable, 127 not found, 75 the run is owned by another process, 76 the run is \
            paused, as it is after --max-restarts (`sidestep unpause ID` lets it go on), 77 the budget is used up.
            """)

    enum IfClosed: String, ExpressibleByArgument, CaseIterable { case `return`, retry, rerun }

    @Option(help: ArgumentHelp("The run's id; a new one when left out.", valueName: "run"))
    var id: String?
    @Option(help: "The name of the kind of run; the program's name when left out.")
    var workflow: String?
    @Option(help: "When the program is started again: never, when it failed, whenever it ended.")
    var restart: Supervisor.Restart = .onFailure
    @Option(help: "Restarts in a row after failures, without a step completed; then the run is paused.")
    var maxRestarts = 10
    @Option(help: ArgumentHelp("Exit statuses after which it is not started again.", valueName: "n,n"))
    var noRestartExit = StatusesArgument(argument: "2,64,78")!
    @Option(
        help: ArgumentHelp(
            "Exit statuses that are a success beside 0, also when --no-restart-exit has them.",
            valueName: "n,n"))
    var successExit = StatusesArgument(argument: "")!
    @Option(help: ArgumentHelp("From the signal that ends it to SIGKILL.", valueName: "span"))
    var killAfter = SpanArgument(argument: "10s")!
    @Option(help: "What to do with a run that has ended; one that completed is run again by `rerun` only.")
    var ifClosed: IfClosed = .retry
    @Option(help: "A tag to find the run by; may be repeated.")
    var tag: [TagArgument] = []
    @Flag(help: "Go on although the command or directory is another one than before.")
    var allowChange = false
    @Flag(help: "Keep what it prints for `sidestep logs`, also at a terminal.")
    var capture = false
    @Flag(help: "Hand it to the daemon and return.")
    var detach = false
    @Option(
        help: ArgumentHelp(
            "With --detach: a variable it is given; alone, with its value here.", valueName: "name[=value]"))
    var env: [String] = []
    @OptionGroup var files: EnvironmentFiles
    @OptionGroup var folder: WorkspaceOptions
    @Option(
        help: ArgumentHelp(
            "With --workspace: what it holds is kept at the run's first start, or with --record right before each call "
                + "that is sent as well (`sidestep fork --recording`)."))
    var workspaceAt: WorkspaceOptions.At = .start
    @OptionGroup var recording: RecordArguments
    @OptionGroup var explanation: Explanation
    /// The daemon runs us: the run waits for whoever takes it up.
    @Option(help: .hidden) var handedOver: HandOver?
    /// What files get that the program makes: that of the daemon is its own affair.
    @Option(help: .hidden) var umask: UmaskArgument?
    @OptionGroup var common: Common
    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("no program: write it after --") }
        if workspaceAt == .calls && (folder.workspace == nil || !recording.record) {
            throw ValidationError(
                "--workspace-at calls needs --workspace, and --record, which knows of calls")
        }
        if maxRestarts < 0 { throw ValidationError("--max-restarts is 0 or more") }
    }

    func run() throws {
        try Supervisor.ExitStatus.end {
            try files.check()
            guard detach else { return try supervise() }
            try Detaching(self).begin()
            return 0
        }
    }

    private func supervise() throws -> Int32 {
        if let umask { Glibc.umask(umask.bits) }
        // Whoever reads what we print is the daemon, which may die before us.
        if handedOver != nil { SignalRelay.ignorePipes() }
        let connection = try common.connect()
        let opened = try connection.call("resume", resume)
        guard let run = opened["run"]?["id"]?.string, let lease = opened.present("lease")?.string else {
            return recorded(opened)
        }
        var environment = Environment.ofPrograms
        try files.add(to: &environment)
        environment.join(run, at: connection.path, in: opened["traceparent"]?.string)
        environment.variables[SupervisedRun.variable] = SupervisedRun.byRun
        var program = SupervisedProgram(
            arguments: command, environment: environment, killAfter: killAfter.duration)
        if capture || isatty(1) == 0 { program.log = RunLog(run: run) }
        let supervisor = Supervisor(
            run: run, lease: lease, socket: connection.path, opened: opened, policy: policy)
        supervisor.handedOver = handedOver
        supervisor.workspace = try folder.open(for: opened["run"] ?? .emptyObject, connection)
        if recording.record {
            let budget = try recording.budget.isThere {
                try connection.call("run.get") { $0.member("run", run) }
            }
            if workspaceAt == .calls { supervisor.callTrees = supervisor.workspace.map(CallTrees.init) }
            supervisor.recorder = try RunRecorder(
                run: run, socket: connection.path, recording.options(environment, hasBudget: budget),
                trees: supervisor.callTrees)
        }
        defer {
            supervisor.callTrees?.close()
            supervisor.recorder?.close(finishing: supervisor.isLeftOpen)
        }
        return try supervisor.supervise(program)
    }

    private var policy: Supervisor.Policy {
        var policy = Supervisor.Policy()
        policy.restart = restart
        policy.maxRestarts = maxRestarts
        policy.final = noRestartExit.statuses.union([126, 127])
        policy.successes = successExit.statuses.union([0])
        return policy
    }

    /// The run has completed before: its program is not run again.
    private func recorded(_ opened: RawJSON) -> Int32 {
        let run = opened["run"] ?? .emptyObject
        let status = opened["output"]?["exit"]?.int ?? opened["error"]?["exit"]?.int
        Output.complain(
            "sidestep: run \(run["id"]?.string ?? "") is \(run["status"]?.string ?? "closed") and is not run again"
        )
        return Int32(clamping: status ?? (run["status"]?.string == "completed" ? 0 : 1))
    }

    func resume(_ writer: inout JSONWriter) {
        writer.member("run", id)
        let name = allowChange ? nil : command[0].split(separator: "/").last.map(String.init)
        writer.member("workflow", workflow ?? name)
        if !allowChange {
            writer.object("input") { writer in
                writer.member("argv", command)
                writer.member("cwd", Self.directory)
            }
        }
        writer.member("if_closed", ifClosed.rawValue)
        // The supervisor decides; the daemon only keeps count.
        writer.object("retry") { $0.member("max_attempts", 0) }
        writer.member("max_interruptions", maxRestarts)
        if !tag.isEmpty {
            writer.object("tags") { writer in for tag in tag { writer.member(tag.name, tag.value) } }
        }
        writer.member("owner", "process")
        writer.member("traceparent", TracePlace.given)
        writer.member("budget", recording.record ? recording.budget.json : nil)
        guard handedOver != nil else { return }
        // One before us is being ended, or let go of the run just now.
        writer.member("if_owned", "wait")
        // It may be another user's, who may have the daemon run programs: the daemon's user sees it, and
        // must not make one of its own.
        writer.member("create", false)
    }

    /// A path that means the same from elsewhere.
    static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : directory + "/" + path }

    static var directory: String {
        guard let text = getcwd(nil, 0) else { return "/" }
        defer { free(text) }
        return String(cString: text)
    }
}

extension Supervisor.Restart: ExpressibleByArgument {}
