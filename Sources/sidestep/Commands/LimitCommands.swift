import ArgumentParser
import Sidestep
import SidestepProtocol

/// Limits that all processes share.
struct LimitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit", abstract: "Limit how many steps run at once, and begin in a span of time.",
        discussion: """
              sidestep limit put openai --rate 60/min --concurrency 4

            Steps name it when they begin; all processes share it, and it outlives the daemon.
            """,
        subcommands: [List.self, Put.self, Delete.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the limits.")
        @OptionGroup var common: Common

        func run() throws {
            try common.list(
                "limit.list", "limits",
                [
                    .text("LIMIT", "limit"), .number("RUNNING", "running"), .number("AT ONCE", "concurrency"),
                    Column("RATE") { RateArgument.text($0.present("rate")) },
                ], orWhenEmpty: "There are no limits.")
        }
    }

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Put a limit, or change it.")
        @Argument(help: "The limit.")
        var limit: String
        @Option(help: "Steps at once.")
        var concurrency: Int?
        @Option(help: ArgumentHelp("Steps begun: 10/s, 60/min, 500/h, 5/250ms.", valueName: "rate"))
        var rate: RateArgument?
        @Option(help: "Steps that may begin at once after a quiet time; as many as the rate when left out.")
        var burst: Int?
        @OptionGroup var common: Common

        func validate() throws {
            if burst != nil && rate == nil { throw ValidationError("--burst says more about a --rate") }
        }

        func run() throws {
            let result = try common.show("limit.put") { writer in
                writer.member("limit", limit)
                writer.member("concurrency", concurrency)
                writer.member("rate", rate?.with(burst: burst))
            }
            if result != nil { Output.complain("limit \(limit) put") }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Remove a limit; exit status 1 when there was none.")
        @Argument(help: "The limit.")
        var limit: String
        @OptionGroup var common: Common

        func run() throws { try common.delete("limit", limit) }
    }
}

/// Circuit breakers that all processes share.
struct BreakerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breaker", abstract: "List, set and close circuit breakers.",
        subcommands: [List.self, Put.self, Reset.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the breakers.")
        @OptionGroup var common: Common

        func run() throws {
            try common.list(
                "breaker.list", "breakers",
                [
                    .text("BREAKER", "breaker"), .text("STATE", "state"),
                    Column("FAILURES") { "\($0["failures"]?.int ?? 0) of \($0["max_failures"]?.int ?? 0)" },
                    Column("COOLDOWN") { $0["cooldown_ms"]?.int.map { RelativeTime.span($0) } ?? "" },
                    .ago("OPENED", "opened_at"),
                ], orWhenEmpty: "There are no breakers.")
        }
    }

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Say when a breaker opens, and for how long.")
        @Argument(help: "The breaker.")
        var breaker: String
        @Option(help: "Failures in a row that open it.")
        var failures: Int?
        @Option(help: ArgumentHelp("How long it stays open.", valueName: "span"))
        var cooldown: SpanArgument?
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("breaker.put") { writer in
                writer.member("breaker", breaker)
                writer.member("failures", failures)
                writer.member("cooldown_ms", cooldown?.milliseconds)
            }
            if result != nil { Output.complain("breaker \(breaker) put") }
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset", abstract: "Close a breaker: the other side is well again.")
        @Argument(help: "The breaker.")
        var breaker: String
        @OptionGroup var common: Common

        func run() throws {
            if try common.show("breaker.reset", { $0.member("breaker", breaker) }) != nil {
                Output.complain("breaker \(breaker) closed")
            }
        }
    }
}

/// What a run may use up.
struct BudgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Show and change what a run may use up.",
        discussion: """
              sidestep budget get research-1
              sidestep budget set research-1 tokens=200000 cost_micros=5000000
              sidestep budget research-1 --set tokens=200000 --unpause

            Names: tokens, input_tokens, output_tokens, cost_micros, calls, wall_ms. A run that was paused for its \
            budget goes on after `sidestep unpause`.
            """,
        subcommands: [Get.self, Set.self, Of.self], defaultSubcommand: Of.self)

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Show what a run may use up, and what it has.")
        @OptionGroup var of: RunArgument
        @OptionGroup var common: Common

        func run() throws {
            let name = try of.name()
            if let result = try common.show("budget.get", { $0.member("run", name) }) {
                BudgetCommand.show(result)
            }
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Change amounts; what is not named stays.")
        @Argument(help: ArgumentHelp("The run.", valueName: "run"))
        var target: String
        @Argument(help: ArgumentHelp("Amounts.", valueName: "name=amount"))
        var amounts: [TagArgument]
        @OptionGroup var common: Common

        func validate() throws { try BudgetCommand.check(amounts) }

        func run() throws {
            let result = try BudgetCommand.change(target, amounts, common.connect())
            if common.json { Output.line(result.text) } else { BudgetCommand.show(result) }
        }
    }

    /// Both in one, and the run goes on: what a run says that has used up its budget.
    struct Of: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "of", abstract: "Show what a run may use up, or change it and let the run go on.")
        @Argument(help: ArgumentHelp("The run.", valueName: "run"))
        var target: String
        @Option(help: ArgumentHelp("An amount to change; may be repeated.", valueName: "name=amount"))
        var set: [TagArgument] = []
        @Flag(help: "Let the run go on if it was paused for its budget.")
        var unpause = false
        @OptionGroup var common: Common

        func validate() throws { try BudgetCommand.check(set) }

        func run() throws {
            let connection = try common.connect()
            let result = try BudgetCommand.change(target, set, connection)
            if common.json { Output.line(result.text) } else { BudgetCommand.show(result) }
            if unpause { try goOn(connection) }
        }

        /// One that was paused for something else stays so, and one that runs already is as it should be.
        private func goOn(_ connection: BlockingConnection) throws {
            let run = try connection.call("run.get") { $0.member("run", target) }["run"] ?? .emptyObject
            guard run["status"]?.string == "paused", run["reason"]?.string == "budget" else { return }
            _ = try connection.call("run.unpause") { $0.member("run", target) }
        }
    }

    fileprivate static func check(_ amounts: [TagArgument]) throws {
        for amount in amounts where Int(amount.value) == nil {
            throw ValidationError("`\(amount.name)=\(amount.value)`: the amount is a whole number.")
        }
    }

    /// Changes what is named, and answers with all there is.
    fileprivate static func change(
        _ run: String, _ amounts: [TagArgument], _ connection: BlockingConnection
    ) throws -> RawJSON {
        if amounts.isEmpty { return try connection.call("budget.get") { $0.member("run", run) } }
        return try connection.call("budget.set") { writer in
            writer.member("run", run)
            writer.object("budget") { writer in
                for amount in amounts { writer.member(amount.name, Int(amount.value)) }
            }
        }
    }

    private static func show(_ result: RawJSON) {
        var table = Table("BUDGET", "LIMIT", "USED", "SET ASIDE")
        for member in result["budget"]?.members ?? [] {
            table.add(
                member.key, "\(member.value["limit"]?.int ?? 0)", "\(member.value["used"]?.int ?? 0)",
                "\(member.value["reserved"]?.int ?? 0)")
        }
        table.print(orWhenEmpty: "The run has no budget.")
    }
}
