import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Growing lists of values that a run shows while it works.
struct StreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream", abstract: "Write and follow streams of a run.",
        discussion: """
              ask-model | sidestep stream append answer --lines
              sidestep stream read answer --run chat-1 --follow --text
              sidestep stream close answer
            """,
        subcommands: [Append.self, Read.self, Close.self, List.self])

    struct Append: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "append", abstract: "Add items to a stream of the script's run.",
            discussion: "Without items it reads standard input: one JSON value a line, or with --lines texts."
        )
        @Argument(help: "The name of the stream.")
        var stream: String
        @Argument(help: "Items as JSON.")
        var items: [JSONArgument] = []
        @Flag(help: "Each line of standard input is a text.")
        var lines = false
        @OptionGroup var common: Common

        func run() throws {
            if try Context.isOver() { return }
            let lease = try Context.lease()
            let connection = try common.connect()
            guard items.isEmpty else { return try append(items.map(\.value), nil, lease, connection) }
            // Counted from where the stream ends, so that nothing comes twice over a lost connection.
            var next = try call([], nil, lease, connection)["next"]?.int ?? 0
            while let line = readLine() {
                let item = try lines ? RawJSON.string(line) : parse(line)
                try append([item], next, lease, connection)
                next += 1
            }
        }

        private func append(
            _ items: [RawJSON], _ from: Int?, _ lease: String, _ connection: BlockingConnection
        ) throws {
            let result = try call(items, from, lease, connection)
            if common.json { Output.line(result.text) }
        }

        private func call(
            _ items: [RawJSON], _ from: Int?, _ lease: String, _ connection: BlockingConnection
        ) throws -> RawJSON {
            try connection.call("stream.append") { writer in
                writer.member("lease", lease)
                writer.member("stream", stream)
                writer.array("items") { writer in for item in items { writer.raw(item) } }
                writer.member("from", from)
            }
        }

        private func parse(_ line: String) throws -> RawJSON {
            if let value = try? RawJSON(parsing: Array(line.utf8)) { return value }
            throw SidestepError(
                .invalidArgument, "the line is not JSON: \(line.prefix(40))", hint: "for texts: --lines")
        }
    }

    struct Read: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "read", abstract: "Print the items of a stream, one a line.")
        @Argument(help: "The name of the stream.")
        var stream: String
        @Option(help: "Begin at this index.")
        var from = 0
        @Flag(name: .shortAndLong, help: "Wait for further items until the stream or its run is closed.")
        var follow = false
        @Flag(help: "Print texts as they are, not as JSON.")
        var text = false
        @OptionGroup var whose: StateCommand.Whose
        @OptionGroup var common: Common

        func run() throws {
            let run = try whose.name()
            let connection = try common.connect()
            var next = from
            var isEmpty = true
            while true {
                let page = try connection.call("stream.read") { writer in
                    writer.member("run", run)
                    writer.member("stream", stream)
                    writer.member("from", next)
                    if follow { writer.member("wait_ms", 30_000) }
                }
                let items = page["items"]?.elements ?? []
                items.forEach(show)
                next = page["next"]?.int ?? next
                isEmpty = isEmpty && items.isEmpty
                if page["closed"]?.bool == true || items.isEmpty && !follow {
                    // A compacted stream has nothing else to show.
                    if isEmpty, let final = page.present("final") { show(final) }
                    return
                }
            }
        }

        private func show(_ item: RawJSON) { Output.line(text ? item.string ?? item.text : item.text) }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close", abstract: "End a stream of the script's run.")
        @Argument(help: "The name of the stream.")
        var stream: String
        @Option(help: "What the stream came to, as JSON; `-` reads standard input.")
        var final: JSONArgument?
        @Flag(help: "Drop the items in favour of --final.")
        var compact = false
        @OptionGroup var common: Common

        func run() throws {
            if try Context.isOver() { return }
            let lease = try Context.lease()
            _ = try common.show("stream.close") { writer in
                writer.member("lease", lease)
                writer.member("stream", stream)
                writer.member("final", final?.value)
                if compact { writer.member("compact", true) }
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the streams of a run.")
        @OptionGroup var of: RunArgument
        @OptionGroup var common: Common

        func run() throws {
            let run = try of.name()
            try common.list(
                "stream.list", "streams",
                [
                    .text("STREAM", "stream"), .number("ITEMS", "next"), .ago("OPENED", "opened_at"),
                    .ago("CLOSED", "closed_at"),
                ], orWhenEmpty: "The run has no streams."
            ) { $0.member("run", run) }
        }
    }
}
