/// What a script says of its run and its steps: read from its words, nothing of it is executed.
struct ScriptSteps {
    /// A step that stands in the script.
    struct Step {
        let line: Int
        /// Its name in the journal, with gaps where only an execution can tell.
        let name: ShellReader.Word
        /// Whether the name stands for one step for each line of input.
        let isMany: Bool
    }

    /// How the script opens its run.
    struct Start {
        let line: Int
        /// The id, or the first part of it; nil where none is given.
        let id: ShellReader.Word?
        let isDaily: Bool
        let isPerCommit: Bool
    }

    private(set) var steps: [Step] = []
    private(set) var start: Start?
    private let table: CommandTable

    init(_ text: String, _ table: CommandTable) {
        self.table = table
        for command in ShellReader.commands(of: text) { read(command) }
    }

    /// Reads a command, which may stand behind others (`if`, `xargs`, a step around it).
    private mutating func read(_ command: ShellReader.Command) {
        var (words, scope) = (command.words[...], "")
        while let first = words.popFirst() {
            if first.text.split(separator: "/").last == "sidestep", let verb = words.first {
                words.removeFirst()
                take(verb.text, &words, command.line, &scope)
            } else if first.text.hasPrefix("sidestep_") {
                take(String(first.text.dropFirst("sidestep_".count)), &words, command.line, &scope)
            }
        }
    }

    private mutating func take(
        _ verb: String, _ words: inout ArraySlice<ShellReader.Word>, _ line: Int, _ scope: inout String
    ) {
        let (positionals, options) = operands(of: verb, &words)
        let first = positionals.first?.text
        switch verb {
        case "start" where start == nil:
            start = Start(
                line: line, id: positionals.first, isDaily: options["--daily"] != nil,
                isPerCommit: options["--per-commit"] != nil)
        case "step", "each", "sleep":
            guard let first else { return }
            add(scope + first, line, isMany: verb == "each")
            scope += first + "/"
        case "wait":
            guard let first, positionals.count > 1 else { return }
            add(scope + (options["--step"] ?? "\(first):\(positionals[1].text)"), line, isMany: false)
        default: return
        }
    }

    private mutating func add(_ name: String, _ line: Int, isMany: Bool) {
        steps.append(Step(line: line, name: ShellReader.Word(text: name), isMany: isMany))
    }

    /// The operands and options before `--`, by the table of the help.
    private func operands(
        of verb: String, _ words: inout ArraySlice<ShellReader.Word>
    ) -> (positionals: [ShellReader.Word], options: [String: String]) {
        let known = table.commands.first { $0.name == verb }?.arguments ?? []
        // `wait signal NAME`: the options are those of what is waited for.
        let inner = table.commands.first { $0.name == verb }?.commands.flatMap(\.arguments) ?? []
        var (positionals, options) = ([ShellReader.Word](), [String: String]())
        // Of `sidestep_step NAME COMMAND` nothing separates the command.
        while let word = words.first, word.text != "--" {
            words.removeFirst()
            if word.text.hasPrefix("-") {
                let argument = (known + inner).first { $0.names.contains(word.text) }
                let value = argument?.kind == .option ? words.popFirst()?.text : nil
                options[word.text] = value ?? ""
            } else {
                positionals.append(word)
                if positionals.count == 2 && verb != "start" { break }
            }
        }
        return (positionals, options)
    }
}
