import ArgumentParser
import Sidestep
import SidestepProtocol

/// Documents attached to runs.
struct ArtifactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifact", abstract: "Attach documents to a run, and read them.",
        discussion: """
              sidestep artifact put report --markdown - < report.md
              sidestep artifact put data --value '{"rows": 17}'
              sidestep artifact get report
            """,
        subcommands: [Put.self, Get.self, List.self])

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Attach a document to the script's run; prints its version.")
        @Argument(help: "The name of the artifact.")
        var artifact: String
        @Option(help: "Text with markup; `-` reads standard input.")
        var markdown: String?
        @Option(help: "A value as JSON; `-` reads standard input.")
        var value: JSONArgument?
        @Option(help: "A URL.")
        var link: String?
        @Option(help: "The path of a file on this host; it is not copied.")
        var file: String?
        @Option(help: "What it is about.")
        var description: String?
        @OptionGroup var common: Common

        func validate() throws {
            let given = [markdown != nil, value != nil, link != nil, file != nil].filter { $0 }
            if given.count != 1 { throw ValidationError("give one of --markdown, --value, --link, --file") }
        }

        func run() throws {
            if try Context.isOver() { return }
            let lease = try Context.lease()
            let text = markdown.map { $0 == "-" ? String(decoding: StandardInput.all(), as: UTF8.self) : $0 }
            let result = try common.show("artifact.put") { writer in
                writer.member("lease", lease)
                writer.member("artifact", artifact)
                writer.member("type", type)
                writer.member("content", value?.value ?? (text ?? link).map { .string($0) })
                writer.member("path", file)
                writer.member("description", description)
            }
            if let version = result?["version"]?.int { Output.line("\(version)") }
        }

        private var type: String {
            if markdown != nil { return "markdown" }
            if link != nil { return "link" }
            return file == nil ? "json" : "file"
        }
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get",
            abstract: "Print an artifact: of a run, or the newest of that name in all runs.")
        @Argument(help: "The name of the artifact.")
        var artifact: String
        @Option(name: .customLong("run"), help: "The run.")
        var target: String?
        @Option(help: "Which version of the run's (default: the newest).")
        var version: Int?
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("artifact.get") { writer in
                writer.member("artifact", artifact)
                writer.member("run", target)
                writer.member("version", version)
            }
            guard let result else { return }
            if let path = result.present("path")?.string { return Output.line(path) }
            if let content = result["content"] {
                Output.line(result["type"]?.string == "json" ? content.text : content.string ?? content.text)
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List versions of artifacts, the newest first.")
        @Option(name: .customLong("run"), help: "Only of this run.")
        var target: String?
        @Option(help: "Only of this name.")
        var name: String?
        @Option(name: [.customShort("n"), .long], help: "At most so many.")
        var limit = 50
        @OptionGroup var common: Common

        func run() throws {
            try common.list(
                "artifact.list", "artifacts",
                [
                    .text("ARTIFACT", "artifact"), .number("VERSION", "version"), .text("TYPE", "type"),
                    .text("RUN", "run"), .ago("WHEN", "created_at"), .text("DESCRIPTION", "description"),
                ], orWhenEmpty: "There are no such artifacts."
            ) { writer in
                writer.member("run", target)
                writer.member("artifact", name)
                writer.member("limit", limit)
            }
        }
    }
}
