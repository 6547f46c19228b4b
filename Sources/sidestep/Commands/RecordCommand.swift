import ArgumentParser
import Glibc
import Sidestep
import SidestepModel
import SidestepProtocol
import Synchronization

/// Serves a run's calls to providers for a program that somebody else starts.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record the calls of a program that is started by somebody else.",
        discussion: """
              sidestep record --run research-1 > calls.env &

            What is printed sets the variables that lead a program here, one a line; the program is started with \
            them (`set -a; . ./calls.env`). It records until it is ended by a signal, or the run is closed, paused \
            or taken over. In the environment of a run it records for that run with its lease; else it is the run's \
            owner, and the run can be continued when it has ended.
            """)

    @Option(
        name: .customLong("run"), help: ArgumentHelp("The run; SIDESTEP_RUN when left out.", valueName: "run")
    )
    var id: String?
    @OptionGroup var recording: RecordArguments
    @OptionGroup var explanation: Explanation
    @OptionGroup var common: Common

    func run() throws {
        try Supervisor.ExitStatus.end {
            try serve()
            return 0
        }
    }

    /// The run, and by what right we write for it.
    private struct Place {
        let run: String
        let lease: String
        let owner: Int64
        let hasBudget: Bool
        /// Whether the run is ours, to be let go of at the end.
        let isOwn: Bool
    }

    private static let isOver = Atomic<Bool>(false)

    private func serve() throws {
        let connection = try common.connect()
        let place = try open(connection)
        let recorder = try RunRecorder(
            run: place.run, socket: connection.path,
            recording.options(.current, hasBudget: place.hasBudget))
        SignalRelay.begin()
        EndWatcher.start(run: place.run, owner: place.owner, socket: connection.path, isRecorded: true) {
            Self.isOver.store(true, ordering: .sequentiallyConsistent)
            SignalRelay.wake()
        }
        try announce(recorder, place, connection.path)
        wait()
        try recorder.end()
        recorder.close()
        guard place.isOwn else { return }
        // Refused where somebody ended the run, which is as good.
        _ = try? PatientCalls(socket: connection.path, patience: .seconds(10)).call("run.release") {
            $0.member("lease", place.lease)
        }
    }

    private func open(_ connection: BlockingConnection) throws -> Place {
        let named = try id ?? Context.run()
        if let lease = Context.value("SIDESTEP_LEASE"), Context.value("SIDESTEP_RUN") == named {
            let found = try connection.call("run.get") { $0.member("run", named) }
            return Place(
                run: named, lease: lease, owner: found["run"]?["owner"]?["pid"]?.integer ?? 0,
                hasBudget: recording.budget.isThere { found }, isOwn: false)
        }
        let opened = try connection.call("resume") { writer in
            writer.member("run", named)
            writer.member("if_closed", "retry")
            writer.member("owner", "process")
            writer.member("steps", "none")
            writer.member("budget", recording.budget.json)
        }
        guard let lease = opened.present("lease")?.string else {
            throw SidestepError(
                .runClosed, "run \(named) has ended", run: named,
                hint: "Record for another one, or a new one.")
        }
        return try Place(
            run: named, lease: lease, owner: opened["run"]?["owner"]?["pid"]?.integer ?? Int64(getpid()),
            hasBudget: recording.budget.isThere {
                try connection.call("run.get") { $0.member("run", named) }
            },
            isOwn: true)
    }

    /// Prints what the program has to find in its environment.
    private func announce(_ recorder: RunRecorder, _ place: Place, _ socket: String) throws {
        let before = Environment.current
        var environment = before
        environment.join(place.run, at: socket)
        environment.variables["SIDESTEP_LEASE"] = place.lease
        try recorder.begin(in: &environment, lease: place.lease)
        let changed = environment.variables.filter { before.variables[$0.key] != $0.value }
        if common.json {
            return Output.line(
                RawJSON.object { writer in
                    for (name, value) in changed.sorted(by: { $0.key < $1.key }) {
                        writer.member(name, value)
                    }
                }.text)
        }
        for (name, value) in changed.sorted(by: { $0.key < $1.key }) {
            Output.line("\(name)=\(ShellText.word(value))")
        }
    }

    private func wait() {
        while SignalRelay.received == nil && !Self.isOver.load(ordering: .sequentiallyConsistent) {
            var bell = pollfd(fd: SignalRelay.bell, events: Int16(POLLIN), revents: 0)
            if poll(&bell, 1, SignalRelay.longest) > 0 { SignalRelay.hush() }
        }
    }
}
