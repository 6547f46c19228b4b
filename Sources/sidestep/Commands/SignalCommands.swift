import ArgumentParser
import Sidestep
import SidestepProtocol

/// Sends a signal to a run.
struct SignalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal",
        abstract: "Send a named message to a run; it is kept until the run waits for it.",
        discussion: """
              sidestep signal research-1 stop
              sidestep signal research-1 answer --value '{"text": "yes"}' --id mail-17

            With --id the same message may be sent again: it is delivered once.
            """)
    @Argument(help: ArgumentHelp("The run.", valueName: "run"))
    var target: String
    @Argument(help: "The name of the signal.")
    var signal: String
    @Option(help: "What it says, as JSON; `-` reads it from standard input.")
    var value: JSONArgument?
    @Option(help: "Recognises a message that is sent again.")
    var id: String?
    @Flag(help: "Keep it for a run that is not made yet.")
    var create = false
    @OptionGroup var common: Common

    func run() throws {
        let result = try common.show("signal.send") { writer in
            writer.member("run", target)
            writer.member("signal", signal)
            writer.member("value", value?.value)
            writer.member("message_id", id)
            if create { writer.member("create", true) }
        }
        guard let result else { return }
        let isDuplicate = result["duplicate"]?.bool == true
        Output.complain(isDuplicate ? "sent before; nothing was sent" : "signal \(signal) sent to \(target)")
    }
}

/// Lists the signals of a run.
struct SignalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signals", abstract: "List the signals of a run that nobody has waited for.")
    @OptionGroup var of: RunArgument
    @Flag(help: "Also those that a wait has consumed.")
    var all = false
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        try common.list(
            "signal.list", "signals",
            [
                .text("SIGNAL", "signal"), .ago("SENT", "sent_at"), .number("BY UID", "uid"),
                .text("CONSUMED BY", "consumed_by"), Column("VALUE") { $0.present("value")?.text ?? "" },
            ], orWhenEmpty: all ? "The run was sent no signal." : "No signal waits to be consumed."
        ) { writer in
            writer.member("run", name)
            writer.member("all", all)
        }
    }
}

/// Promises of a run.
struct PromiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promise",
        abstract: "Settle and list promises: values that somebody else settles, once.",
        subcommands: [Resolve.self, Reject.self, List.self])

    struct Resolve: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resolve", abstract: "Settle a promise with a value.")
        @OptionGroup var settle: Settle
        @Option(help: "The value, as JSON; `-` reads it from standard input.")
        var value: JSONArgument?
        @OptionGroup var common: Common
        func run() throws { try settle.send("promise.resolve", "value", value?.value, common) }
    }

    struct Reject: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reject", abstract: "Settle a promise with an error.")
        @OptionGroup var settle: Settle
        @Option(help: "The error, as JSON; `-` reads it from standard input.")
        var error: JSONArgument?
        @OptionGroup var common: Common
        func run() throws { try settle.send("promise.reject", "error", error?.value, common) }
    }

    /// Which promise.
    struct Settle: ParsableArguments {
        @Argument(help: "The run.")
        var run: String
        @Argument(help: "The name of the promise.")
        var promise: String

        func send(_ method: String, _ name: String, _ value: RawJSON?, _ common: Common) throws {
            let result = try common.show(method) { writer in
                writer.member("run", run)
                writer.member("promise", promise)
                writer.member(name, value)
            }
            guard let result else { return }
            let status = result["status"]?.string ?? ""
            if result["settled"]?.bool == true { return Output.complain("promise \(promise) \(status)") }
            let outcome = result.present("value") ?? result.present("error")
            Output.complain("it was \(status) before: \(outcome?.text ?? "null")")
            throw ExitCode(1)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the promises of a run.")
        @OptionGroup var of: RunArgument
        @OptionGroup var common: Common

        func run() throws {
            let name = try of.name()
            try common.list(
                "promise.list", "promises",
                [
                    .text("PROMISE", "promise"), .text("STATUS", "status"), .ago("MADE", "created_at"),
                    .ago("SETTLED", "settled_at"),
                    Column("VALUE") { ($0.present("value") ?? $0.present("error"))?.text ?? "" },
                ], orWhenEmpty: "The run has made no promise."
            ) { $0.member("run", name) }
        }
    }
}
