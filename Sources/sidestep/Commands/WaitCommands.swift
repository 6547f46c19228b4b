import ArgumentParser
import Sidestep
import SidestepProtocol

/// Waits, in a script.
struct WaitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait for a signal or a promise; what came is recorded once.",
        discussion: """
              answer=$(sidestep wait signal approve --timeout 2d)
              sidestep wait promise quote

            Prints what came, as JSON. Exit status 75 when the time-out came first, 1 when a promise was rejected. \
            A script that is run again gets what was recorded.
            """,
        subcommands: [Signal.self, Promise.self])

    struct Signal: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "signal", abstract: "Wait for a signal to the script's run.")
        @Argument(help: "The name of the signal.")
        var name: String
        @OptionGroup var options: Options
        @OptionGroup var common: Common
        func run() throws { try options.wait("signal", name, common) }
    }

    struct Promise: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "promise", abstract: "Wait until a promise of the script's run is settled.")
        @Argument(help: "The name of the promise.")
        var name: String
        @OptionGroup var options: Options
        @OptionGroup var common: Common
        func run() throws { try options.wait("promise", name, common) }
    }

    struct Options: ParsableArguments {
        @Option(help: ArgumentHelp("How long to wait.", valueName: "span"))
        var timeout: SpanArgument?
        @Option(help: "The name of the step; say one when a script waits for the same name twice.")
        var step: String?

        func wait(_ kind: String, _ name: String, _ common: Common) throws {
            guard let output = try outcome(kind, name, common)?["output"] else { return }
            if output["by"]?.string == "time" {
                Output.complain("nothing came in time")
                throw ExitCode(75)
            }
            if let error = output.present("error") {
                Output.line(error.text)
                throw ExitCode(1)
            }
            Output.line(output["value"]?.text ?? "null")
        }

        /// Waits; in a run that had ended before the script began, what was recorded then.
        private func outcome(_ kind: String, _ name: String, _ common: Common) throws -> RawJSON? {
            let run = try Context.run()
            guard let lease = Context.value("SIDESTEP_LEASE"), !lease.isEmpty else {
                return try common.show("step.get") { writer in
                    writer.member("run", run)
                    writer.member("step", step ?? "\(kind):\(name)")
                }
            }
            return try common.show("\(kind).wait") { writer in
                writer.member("lease", lease)
                writer.member(kind, name)
                writer.member("step", step)
                writer.member("timeout_ms", timeout?.milliseconds)
            }
        }
    }
}

/// Sleeps, in a script, over its death and that of the machine.
struct SleepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sleep", abstract: "Sleep durably: a script that is run again sleeps only for the rest.",
        discussion: "  sidestep sleep cool-down 10m")
    @Argument(help: "The name of the step.")
    var step: String
    @Argument(help: ArgumentHelp("How long: 250ms, 30s, 5m, 2h, 1d.", valueName: "span"))
    var span: SpanArgument
    @OptionGroup var common: Common

    func run() throws {
        if try Context.isOver() { return }
        let lease = try Context.lease()
        _ = try common.show("run-step") { writer in
            writer.member("lease", lease)
            writer.member("step", step)
            writer.member("sleep_ms", span.milliseconds)
        }
    }
}

/// What time will wake.
struct TimersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timers", abstract: "List what sleeps or times out, soonest first.")
    @Option(name: .customLong("run"), help: "Only this run.")
    var target: String?
    @OptionGroup var common: Common

    func run() throws {
        try common.list(
            "timer.list", "timers", [.until("DUE", "due_at"), .text("RUN", "run"), .text("STEP", "step")],
            orWhenEmpty: "Nothing sleeps."
        ) { $0.member("run", target) }
    }
}
