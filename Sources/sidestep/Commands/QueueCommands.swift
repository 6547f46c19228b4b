import ArgumentParser
import Sidestep
import SidestepProtocol

/// Gives a run to the workers.
struct EnqueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enqueue", abstract: "Make a run that waits for a worker; prints its id.",
        discussion: """
              sidestep enqueue research --input '{"topic": "tides"}'
              sidestep enqueue report --run report-2026-05 --queue slow --priority 5 --delay 10m
            """)
    @Argument(help: "The workflow: what the workers call the code.")
    var workflow: String
    @Option(name: .customLong("run"), help: "The run's id; a new one when left out.")
    var target: String?
    @Option(help: "What the run works on, as JSON; `-` reads it from standard input.")
    var input: JSONArgument?
    @Option(help: "The queue.")
    var queue: String?
    @Option(help: "Higher ones go first.")
    var priority: Int?
    @Option(help: ArgumentHelp("How long it waits before a worker may have it.", valueName: "span"))
    var delay: SpanArgument?
    @Option(help: "While a run with this key is open in the queue, it is this run.")
    var dedupKey: String?
    @Option(help: "Runs of one key share the queue's limit per key.")
    var concurrencyKey: String?
    @Option(help: "Only a worker of this code version may have it.")
    var codeVersion: String?
    @Option(help: "The run that it belongs to.")
    var parent: String?
    @Option(help: "What to do with a run of this id that has ended; it is left as it is when left out.")
    var ifClosed: StartCommand.IfClosed?
    @Option(help: "A tag to find the run by; may be repeated.")
    var tag: [TagArgument] = []
    @OptionGroup var common: Common

    func run() throws {
        let result = try common.show("run.enqueue") { writer in
            writer.member("workflow", workflow)
            writer.member("run", target)
            writer.member("input", input?.value)
            writer.member("queue", queue)
            writer.member("priority", priority)
            writer.member("delay_ms", delay?.milliseconds)
            writer.member("dedup_key", dedupKey)
            writer.member("concurrency_key", concurrencyKey)
            writer.member("code_version", codeVersion)
            writer.member("parent", parent)
            writer.member("if_closed", ifClosed?.rawValue)
            if !tag.isEmpty {
                writer.object("tags") { writer in for tag in tag { writer.member(tag.name, tag.value) } }
            }
        }
        guard let result else { return }
        if result["created"]?.bool == false { Output.complain("it was there already") }
        Output.line(result["run"]?["id"]?.string ?? "")
    }
}

/// Queues and what limits them.
struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Limit, pause and list queues.",
        subcommands: [List.self, Put.self, Pause.self, Unpause.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the queues.")
        @OptionGroup var common: Common

        func run() throws {
            try common.list(
                "queue.list", "queues",
                [
                    .text("QUEUE", "queue"), .number("WAITING", "queued"), .number("RUNNING", "running"),
                    .number("LIMIT", "concurrency"), .number("PER KEY", "key_concurrency"),
                    Column("RATE") { RateArgument.text($0.present("rate")) }, .flag("", "paused", "paused"),
                ], orWhenEmpty: "There are no queues.")
        }
    }

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Say what limits a queue; what is left out has no limit.",
            discussion: "  sidestep queue put mail --concurrency 4 --rate 100/min")
        @Argument(help: "The queue.")
        var queue: String
        @Option(help: "Runs at once.")
        var concurrency: Int?
        @Option(help: "Runs of one key at once.")
        var keyConcurrency: Int?
        @Option(help: ArgumentHelp("Runs begun: 10/s, 60/min, 500/h, 5/250ms.", valueName: "rate"))
        var rate: RateArgument?
        @Option(help: "Runs that may begin at once after a quiet time; as many as the rate when left out.")
        var burst: Int?
        @OptionGroup var common: Common

        func validate() throws {
            if burst != nil && rate == nil { throw ValidationError("--burst says more about a --rate") }
        }

        func run() throws {
            let result = try common.show("queue.put") { writer in
                writer.member("queue", queue)
                writer.member("concurrency", concurrency)
                writer.member("key_concurrency", keyConcurrency)
                writer.member("rate", rate?.with(burst: burst))
            }
            if result != nil { Output.complain("queue \(queue) put") }
        }
    }

    struct Pause: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause", abstract: "Hand out nothing from a queue.")
        @Argument(help: "The queue.")
        var queue: String
        @OptionGroup var common: Common
        func run() throws { try QueueCommand.pause(queue, true, common) }
    }

    struct Unpause: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unpause", abstract: "Go on handing out.")
        @Argument(help: "The queue.")
        var queue: String
        @OptionGroup var common: Common
        func run() throws { try QueueCommand.pause(queue, false, common) }
    }

    private static func pause(_ queue: String, _ paused: Bool, _ common: Common) throws {
        let result = try common.show("queue.pause") { writer in
            writer.member("queue", queue)
            writer.member("paused", paused)
        }
        if result != nil { Output.complain("queue \(queue) \(paused ? "paused" : "goes on")") }
    }
}

/// The workers that are connected.
struct WorkersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "List the workers that are connected, with their runs.")
    @OptionGroup var common: Common

    func run() throws {
        try common.list(
            "worker.list", "workers",
            [
                .text("WORKER", "worker"), .number("PID", "pid"), .ago("SINCE", "since_at"),
                .words("QUEUES", "queues"), .words("WORKFLOWS", "workflows"),
                .text("VERSION", "code_version"),
                .words("RUNS", "runs"),
            ], orWhenEmpty: "No worker is connected.")
    }
}
