import ArgumentParser
import Glibc
import Sidestep
import SidestepHost

/// The command line tool: one subcommand per file in `Commands/`.
@main
struct SidestepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sidestep",
        abstract: "Make any local process durable.",
        discussion: """
            In a script:

              set -e
              s=$(sidestep start nightly-1) && eval "$s" || exit
              sidestep step fetch --retry 3 -- curl -sf https://example.org/data
              sidestep step count -- sh -c 'wc -l < data'
              sidestep finish

            Run the script again: finished steps are not repeated, they print what they printed before.

            Exit status: 0 done; 64 wrong usage; 69 no daemon answers; 75 not now, try again (the run is owned, \
            a time-out, a full disk); 70 anything else. `step` exits like its command; `step --status-file FILE` says \
            whose its status is.
            """,
        version: SidestepVersion.text,
        subcommands: [SupervisedCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "In scripts",
                subcommands: [
                    RunCommand.self, RecordCommand.self, ReplayCommand.self, DoctorCommand.self,
                    RecordingKeyCommand.self,
                    TortureCommand.self, PlanCommand.self,
                    StartCommand.self,
                    StepCommand.self,
                    EachCommand.self,
                    WaitCommand.self, SleepCommand.self,
                    CheckpointCommand.self,
                    StateCommand.self, MemoryCommand.self,
                    StreamCommand.self, ArtifactCommand.self, MCPCommand.self,
                    FinishCommand.self, FailCommand.self,
                ]),
            CommandGroup(
                name: "Looking",
                subcommands: [
                    UICommand.self, PsCommand.self, ViewCommand.self, TopCommand.self, LastCommand.self,
                    ShowCommand.self,
                    WhyCommand.self, HistoryCommand.self,
                    TimelineCommand.self, ResultCommand.self, SpendCommand.self,
                    UsageCommand.self,
                    InflightCommand.self, SignalsCommand.self, TimersCommand.self, WorkersCommand.self,
                    RecordingsCommand.self, DiffCommand.self, WorkspaceCommand.self, WatchCommand.self,
                    EventsCommand.self,
                    LogsCommand.self,
                ]),
            CommandGroup(
                name: "Acting",
                subcommands: [
                    EnqueueCommand.self, WorkerCommand.self, SignalCommand.self, ApproveCommand.self,
                    PromiseCommand.self,
                    CancelCommand.self, RetryCommand.self, ResolveCommand.self, PauseCommand.self,
                    UnpauseCommand.self,
                    DeleteCommand.self, ForkCommand.self, RerollCommand.self, PruneCommand.self,
                    ExportCommand.self,
                    ImportCommand.self, EmitCommand.self,
                ]),
            CommandGroup(name: "By itself", subcommands: [ScheduleCommand.self, WebhookCommand.self]),
            CommandGroup(
                name: "Limits",
                subcommands: [
                    QueueCommand.self, LimitCommand.self, BreakerCommand.self, BudgetCommand.self,
                ]),
            CommandGroup(
                name: "The daemon",
                subcommands: [
                    PingCommand.self, WhereCommand.self, CallCommand.self, VersionCommand.self,
                    CompletionsCommand.self,
                    BackupCommand.self, CheckCommand.self, VacuumCommand.self, StatsCommand.self,
                    MetricsCommand.self, DrainCommand.self,
                ]),
        ])

    static func main() {
        Inheritance.openStandardDescriptors()
        Inheritance.resetSignals(keeping: Inheritance.jobControl)
        if let argument = ProgramArguments.unreadable() {
            Output.complain("sidestep: '\(argument)' is no UTF-8, and names and values are texts")
            Output.complain("  hint: only the words of a program, after --, may be any bytes.")
            Glibc.exit(64)
        }
        do {
            var command = try parseAsRoot(ProgramArguments.all)
            try command.run()
        } catch let error as SidestepError {
            Complaint(error).end()
        } catch {
            exit(withError: error)
        }
    }
}

/// The version of this program.
enum SidestepVersion {
    static let text = "0.1.0"
}
