import ArgumentParser
import Sidestep
import SidestepProtocol

/// Saved views: filters of runs under names.
struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view", abstract: "Save filters of runs under names, for `ps --view` and the page.",
        discussion: """
              sidestep view put 'failed today' --status failed --since 1d
              sidestep ps --view 'failed today'
              sidestep view list
              sidestep view delete 'failed today'

            The daemon keeps them, for you alone. --since and --before are ages: what they find moves on with the time.
            """,
        subcommands: [Put.self, List.self, Delete.self])

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Save a view, or change the one of that name to what is said now.",
            discussion: "Without --open or --status closed runs are meant, too; without any filter, all runs."
        )
        @Argument(help: "The name of the view.")
        var name: String
        @Flag(help: "Only runs that are not closed.")
        var open = false
        @OptionGroup var filter: RunFilterOptions
        @Option(help: ArgumentHelp("Only children of this run.", valueName: "run"))
        var parent: String?
        @OptionGroup var common: Common

        func run() throws {
            let saved = try common.show("view.put") { writer in
                writer.member("view", name)
                writer.object("filter") { writer in
                    filter.write(&writer)
                    if open { writer.member("open", true) }
                    writer.member("parent", parent)
                }
            }
            if saved != nil { Output.complain("view \(name) saved") }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List your saved views.")
        @OptionGroup var common: Common

        func run() throws {
            try common.list(
                "view.list", "views",
                [
                    .text("VIEW", "view"), Column("FILTER") { SavedView.text($0["filter"] ?? .emptyObject) },
                    .ago("CHANGED", "updated_at"),
                ],
                orWhenEmpty: "There are no saved views; `sidestep view put NAME --status failed` makes one.")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Remove a saved view; runs stay as they are.",
            discussion: "Exit status 1 when there was none.")
        @Argument(help: "The name of the view.")
        var name: String
        @OptionGroup var common: Common

        func run() throws { try common.delete("view", name) }
    }
}

/// A view as the daemon keeps it.
enum SavedView {
    /// The filter of a view, as members of `run.list`.
    static func filter(_ name: String, _ connection: BlockingConnection) throws -> RawJSON {
        let views = try connection.call("view.list") { _ in }["views"]?.elements ?? []
        if let view = views.first(where: { $0["view"]?.string?.utf8.elementsEqual(name.utf8) == true }) {
            return view["filter"] ?? .emptyObject
        }
        throw SidestepError(
            .invalidArgument, "there is no view '\(name)'",
            hint: "`sidestep view list` shows yours; `sidestep view put` saves one.")
    }

    /// The same for people: `status=failed since=1d tag:team=red`.
    static func text(_ filter: RawJSON) -> String {
        filter.members.map { key, value in
            switch key {
            case "newer_than_ms": "since=\(value.int.map(age) ?? value.text)"
            case "older_than_ms": "before=\(value.int.map(age) ?? value.text)"
            case "user": "user=\(value.int.map(UserName.text) ?? value.text)"
            case "tag":
                value.members.map { "tag:\($0.key)=\($0.value.string ?? "")" }.joined(separator: " ")
            default: "\(key)=\(value.string ?? value.text)"
            }
        }.joined(separator: " ")
    }

    /// A span in the largest unit in which it is a whole number.
    private static func age(_ milliseconds: Int) -> String {
        let units = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        let unit = units.first { milliseconds % $0.1 == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.1)\(unit.0)"
    }
}
