import ArgumentParser
import Sidestep
import SidestepModel
import SidestepProtocol

/// Key and value of a run, readable from outside.
struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Read and write what a run wants others to see.",
        discussion: """
              sidestep state set progress 0.4
              sidestep state get progress --run nightly-1
            """,
        subcommands: [Get.self, Set.self, Unset.self, List.self])

    /// Whose state.
    struct Whose: ParsableArguments {
        @Option(help: "The run; SIDESTEP_RUN when left out.")
        var run: String?
        func name() throws -> String { try run ?? Context.run() }
    }

    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "get", abstract: "Print a value as JSON; exit status 1 when there is none.")
        @Argument(help: "The name of the value.")
        var name: String
        @Flag(help: "Print the text of a string instead of its JSON.")
        var text = false
        @OptionGroup var whose: Whose
        @OptionGroup var common: Common

        func run() throws {
            let run = try whose.name()
            let result = try common.show("state.get") { writer in
                writer.member("run", run)
                writer.member("name", name)
            }
            guard let result else { return }
            guard result["found"]?.bool != false, let value = result["value"] else { throw ExitCode(1) }
            Output.line(text ? value.string ?? value.text : value.text)
        }
    }

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "set", abstract: "Set a value.")
        @Argument(help: "The name of the value.")
        var name: String
        @Argument(help: "The value as JSON; `-` reads it from standard input. With --text, any text.")
        var value: String
        @Flag(help: "The value is a text, not JSON.")
        var text = false
        @OptionGroup var common: Common

        func run() throws {
            let value = try payload()
            if try Context.isOver() { return }
            let lease = try Context.lease()
            _ = try common.show("state.set") { writer in
                writer.member("lease", lease)
                writer.member("name", name)
                writer.member("value", value)
            }
        }

        private func payload() throws -> RawJSON {
            if text {
                let bytes = value == "-" ? StandardInput.all() : Array(value.utf8)
                return .string(String(decoding: bytes, as: UTF8.self))
            }
            if let argument = JSONArgument(argument: value) { return argument.value }
            let start = String(value.prefix(40))
            throw SidestepError(
                .invalidArgument, "the value is not JSON: \(start)",
                hint: "for a text: sidestep state set --text \(ShellText.word(name)) \(ShellText.word(start))"
            )
        }
    }

    struct Unset: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "unset", abstract: "Remove a value.")
        @Argument(help: "The name of the value.")
        var name: String
        @OptionGroup var common: Common

        func run() throws {
            if try Context.isOver() { return }
            let lease = try Context.lease()
            _ = try common.show("state.set") { writer in
                writer.member("lease", lease)
                writer.member("name", name)
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Print all values.")
        @OptionGroup var whose: Whose
        @OptionGroup var common: Common

        func run() throws {
            let run = try whose.name()
            guard let result = try common.show("state.list", { $0.member("run", run) }) else { return }
            var fields = Fields()
            for (name, value) in result["state"]?.members ?? [] { fields.add(name, value.text) }
            fields.print()
        }
    }
}
