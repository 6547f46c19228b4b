import ArgumentParser
import Sidestep
import SidestepProtocol

/// Records the script's run as completed.
struct FinishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finish", abstract: "Record the run as completed.",
        discussion: """
              sidestep finish --output '{"files": 12}'

            Refused while a step of this execution has failed and no step around it has succeeded: a script without \
            `set -e` goes on after a failure.
            """)

    @Option(help: "What came of it, as JSON; `-` reads it from standard input.")
    var output: JSONArgument?
    @Flag(help: "Finish although steps have failed.")
    var despiteFailures = false
    @OptionGroup var common: Common

    func run() throws {
        if try Context.isOver() { return }
        let (run, lease) = (try Context.run(), try Context.lease())
        if !despiteFailures { try refuseAfterFailures(run) }
        let result = try common.show("run.complete") { writer in
            writer.member("lease", lease)
            writer.member("output", output?.value)
        }
        if result != nil { Output.complain("run \(run) completed") }
    }

    private func refuseAfterFailures(_ run: String) throws {
        let failed = try RecordedSteps(run: run, connection: common.connect()).unansweredFailures()
        guard let first = failed.first else { return }
        throw SidestepError(
            .stepFailed,
            "run '\(run)' is not finished: step \(failed.count == 1 ? "" : "(one of \(failed.count)) ")"
                + "'\(first)' has failed", run: run,
            hint:
                "`set -e` ends a script at a step that fails; `step --accept 1` takes a status as a result; "
                + "`finish --despite-failures` finishes all the same")
    }
}

/// Records the script's run as failed.
struct FailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fail", abstract: "Record the run as failed.",
        discussion: """
              sidestep fail --error "no space on the backup disk"

            `sidestep start` opens it again: finished steps stay, failed ones run again.
            """)

    @Option(help: "Why.")
    var error: String?
    @OptionGroup var common: Common

    func run() throws {
        let run = try Context.run()
        let lease = try Context.lease()
        let result = try common.show("run.fail") { writer in
            writer.member("lease", lease)
            writer.object("error") { writer in
                writer.member("type", "script")
                writer.member("message", error ?? "the script gave up")
            }
            writer.member("retryable", false)
        }
        if result != nil { Output.complain("run \(run) failed") }
    }
}
