import ArgumentParser
import Sidestep
import SidestepProtocol

/// One command as the tables of `--help` have it.
struct CommandTable {
    /// A positional argument, an option with a value, or a flag.
    struct Argument {
        enum Kind: String { case positional, option, flag }

        let kind: Kind
        /// `--json`, `-j`; none of a positional one.
        let names: [String]
        /// What the help calls its value: `run`, `step`, `path`.
        let valueName: String
        let values: [String]
        let abstract: String
        let isRepeating: Bool

        init?(_ json: RawJSON) {
            guard let kind = json["kind"]?.string.flatMap(Kind.init), json["shouldDisplay"]?.bool == true
            else {
                return nil
            }
            self.kind = kind
            names = (json["names"]?.elements ?? []).map { name in
                (name["kind"]?.string == "short" ? "-" : "--") + (name["name"]?.string ?? "")
            }
            valueName = json["valueName"]?.string ?? ""
            values = (json["allValues"]?.elements ?? []).compactMap(\.string)
            abstract = json["abstract"]?.string ?? ""
            isRepeating = json["isRepeating"]?.bool ?? false
        }
    }

    let name: String
    let abstract: String
    let commands: [CommandTable]
    let arguments: [Argument]

    var positionals: [Argument] { arguments.filter { $0.kind == .positional } }

    private init?(_ json: RawJSON) {
        guard json["shouldDisplay"]?.bool != false else { return nil }
        name = json["commandName"]?.string ?? ""
        abstract = json["abstract"]?.string ?? ""
        commands = (json["subcommands"]?.elements ?? []).compactMap(CommandTable.init)
        arguments = (json["arguments"]?.elements ?? []).compactMap(Argument.init)
    }

    /// The whole program.
    static func read() -> CommandTable? {
        do {
            _ = try SidestepCommand.parseAsRoot(["--experimental-dump-help"])
            return nil
        } catch {
            let text = SidestepCommand.fullMessage(for: error)
            return (try? RawJSON(parsing: Array(text.utf8)))?["command"].flatMap(CommandTable.init)
        }
    }
}
