import ArgumentParser
import Sidestep
import SidestepProtocol

/// What is remembered beyond runs.
struct MemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Read and write what agents remember beyond a run.",
        discussion: """
              sidestep memory put alice/tastes tea '{"like": "green"}' --ttl 90d
              sidestep memory get alice/tastes tea
              sidestep memory search alice --filter '{"like": {"$ne": "black"}}'
              sidestep memory namespaces '*/tastes'

            A namespace is its labels with slashes between them, or a JSON array of them; / is all that is yours.
            """,
        subcommands: [
            Put.self, Get.self, Delete.self, Search.self, Namespaces.self, Clear.self,
        ])

    /// One memory.
    struct Item: ParsableArguments {
        @Argument(help: "Where it is.")
        var namespace: NamespaceArgument
        @Argument(help: "Its key there.")
        var key: String

        func write(_ writer: inout JSONWriter) {
            writer.member("namespace", namespace.labels)
            writer.member("key", key)
        }
    }

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Remember a value; one of the same key is replaced.")
        @OptionGroup var item: Item
        @Argument(help: "The value as JSON; `-` reads it from standard input.")
        var value: JSONArgument
        @Option(help: "How long it is kept, like 90d; for ever when left out.")
        var ttl: SpanArgument?
        @OptionGroup var common: Common

        func run() throws {
            _ = try common.show("memory.put") { writer in
                item.write(&writer)
                writer.member("value", value.value)
                writer.member("ttl_ms", ttl?.milliseconds)
            }
        }
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Print a value as JSON; exit status 1 when there is none.")
        @OptionGroup var item: Item
        @Flag(help: "Keep it its whole --ttl from now on.")
        var refresh = false
        @OptionGroup var common: Common

        func run() throws {
            let connection = try common.connect()
            if refresh { try connection.call("memory.refresh", item.write) }
            let result = try connection.call("memory.get", item.write)
            guard result["found"]?.bool == true, let value = result["item"]?["value"] else {
                if common.json { Output.line(result.text) }
                throw ExitCode(1)
            }
            Output.line(common.json ? result.text : value.text)
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Forget a value; exit status 1 when there was none.")
        @OptionGroup var item: Item
        @OptionGroup var common: Common

        func run() throws {
            guard let result = try common.show("memory.delete", item.write) else { return }
            if result["deleted"]?.bool != true { throw ExitCode(1) }
        }
    }

    struct Search: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "search",
            abstract: "Print what is remembered in a namespace and below it, the last changed first.")
        @Argument(help: "Where to look; everywhere when left out.")
        var namespace = NamespaceArgument(labels: [])
        @Option(help: "A text that stands in the value, in large letters or small.")
        var query: String?
        @Option(help: "What members of the value must be, as JSON: texts and numbers, or $gt and the like.")
        var filter: JSONArgument?
        @Option(help: "How many.")
        var limit = 10
        @Option(help: "How many are passed over.")
        var offset = 0
        @OptionGroup var common: Common

        func run() throws {
            try common.list(
                "memory.search", "items",
                [
                    Column("NAMESPACE") { NamespaceArgument($0["namespace"]).text },
                    .text("KEY", "key"), .ago("CHANGED", "updated_at"), .until("EXPIRES", "expires_at"),
                    Column("VALUE") { $0["value"]?.text ?? "" },
                ], orWhenEmpty: "nothing is remembered that matches"
            ) { writer in
                writer.member("namespace", namespace.labels)
                writer.member("query", query)
                writer.member("filter", filter?.value)
                writer.member("limit", limit)
                writer.member("offset", offset)
            }
        }
    }

    struct Namespaces: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "namespaces", abstract: "Print the namespaces in which something is remembered.")
        @Argument(help: "How they begin; * is any one label.")
        var prefix = NamespaceArgument(labels: [])
        @Option(help: "How they end, likewise.")
        var suffix = NamespaceArgument(labels: [])
        @Option(help: "Cut them to so many labels.")
        var maxDepth: Int?
        @Option(help: "How many.")
        var limit = 100
        @Option(help: "How many are passed over.")
        var offset = 0
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("memory.namespaces") { writer in
                writer.member("prefix", prefix.labels)
                writer.member("suffix", suffix.labels)
                writer.member("max_depth", maxDepth)
                writer.member("limit", limit)
                writer.member("offset", offset)
            }
            for namespace in result?["namespaces"]?.elements ?? [] {
                Output.line(NamespaceArgument(namespace).text)
            }
        }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear",
            abstract: "Forget a namespace with all below it, and print how many values that were.")
        @Argument(help: "What is forgotten; / is everything of yours.")
        var namespace: NamespaceArgument
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("memory.clear") { $0.member("namespace", namespace.labels) }
            if let deleted = result?["deleted"]?.int { Output.line(String(deleted)) }
        }
    }
}

/// The labels of a namespace: `alice/tastes`, or a JSON array where a label has a slash in it.
struct NamespaceArgument: ExpressibleByArgument {
    let labels: [String]

    init(labels: [String]) { self.labels = labels }

    init(_ json: RawJSON?) { labels = json?.elements.compactMap(\.string) ?? [] }

    init?(argument: String) {
        guard argument.utf8.first == UInt8(ascii: "[") else {
            self.init(labels: argument.split(separator: "/").map(String.init))
            return
        }
        guard let json = try? RawJSON(parsing: Array(argument.utf8)) else { return nil }
        self.init(json)
        if labels.count != json.elements.count { return nil }
    }

    /// As it can be typed again.
    var text: String {
        let isPlain = labels.allSatisfy { !$0.contains("/") && !$0.hasPrefix("[") }
        if isPlain { return labels.isEmpty ? "/" : labels.joined(separator: "/") }
        return RawJSON.build { writer in
            writer.beginArray()
            for label in labels { writer.value(label) }
            writer.endArray()
        }.text
    }

    var defaultValueDescription: String { text }
}
