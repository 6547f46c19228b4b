/// What may stand where a command line is being typed: a rule on the tables of the help, without I/O.
struct Completion {
    /// A word that is offered, and what it means.
    struct Candidate: Equatable {
        let word: String
        let meaning: String
    }

    /// What is offered.
    enum Offer: Equatable {
        case words([Candidate])
        /// Names that the daemon knows; of steps, those of this run.
        case runs, workflows
        case steps(run: String?)
        /// What was kept of the workspace of this run.
        case trees(run: String?)
        /// Nothing of ours: files, or another program's words.
        case others
    }

    private let root: CommandTable

    init(_ root: CommandTable) { self.root = root }

    /// - Parameter words: those before the one that is being typed, without the program's name.
    func offer(after words: [String], _ prefix: String) -> Offer {
        var place = Place(command: root)
        for word in words where !place.take(word) { return .others }
        return place.offer(prefix)
    }

    /// How far the words before have come.
    private struct Place {
        var command: CommandTable
        var option: CommandTable.Argument?
        var positionals: [String] = []
        /// The run that is among the words.
        var run: String?

        init(command: CommandTable) { self.command = command }

        /// Takes the next word; false when what follows are another program's words.
        mutating func take(_ word: String) -> Bool {
            if let option {
                if option.valueName == "run" { run = word }
                self.option = nil
            } else if word == "--" {
                return false
            } else if word.hasPrefix("-") {
                option = command.arguments.first { $0.kind == .option && $0.names.contains(word) }
            } else if positionals.isEmpty, let next = command.commands.first(where: { $0.name == word }) {
                command = next
            } else {
                if positional(positionals.count)?.valueName == "run" { run = word }
                positionals.append(word)
            }
            return true
        }

        private func positional(_ index: Int) -> CommandTable.Argument? {
            let all = command.positionals
            return index < all.count ? all[index] : all.last.flatMap { $0.isRepeating ? $0 : nil }
        }

        func offer(_ prefix: String) -> Offer {
            if let option { return offer(of: option) }
            if prefix.hasPrefix("-") { return .words(options) }
            if !command.commands.isEmpty, positionals.isEmpty {
                return .words(command.commands.map { Candidate(word: $0.name, meaning: $0.abstract) })
            }
            return positional(positionals.count).map(offer) ?? .others
        }

        private var options: [Candidate] {
            command.arguments.filter { $0.kind != .positional }.flatMap { argument in
                argument.names.map { Candidate(word: $0, meaning: argument.abstract) }
            }
        }

        private func offer(of argument: CommandTable.Argument) -> Offer {
            if !argument.values.isEmpty {
                return .words(argument.values.map { Candidate(word: $0, meaning: "") })
            }
            switch argument.valueName {
            case "run": return .runs
            case "workflow": return .workflows
            case "step": return .steps(run: run)
            case "tree": return .trees(run: run)
            default: return .others
            }
        }
    }
}

/// A command line that is being typed, cut into words as shells do it.
struct TypedLine {
    /// The words before the last, and the last as far as it has been typed.
    private(set) var words: [String] = []
    private(set) var last = ""

    init(_ text: String) {
        var (quote, isEscaped, isWord) = (Character?.none, false, false)
        for character in text {
            if isEscaped {
                last.append(character)
                isEscaped = false
            } else if character == "\\" && quote != "'" {
                (isEscaped, isWord) = (true, true)
            } else if character == quote {
                quote = nil
            } else if quote == nil && (character == "'" || character == "\"") {
                (quote, isWord) = (character, true)
            } else if quote == nil && character.isWhitespace {
                if isWord { words.append(last) }
                (last, isWord) = ("", false)
            } else {
                last.append(character)
                isWord = true
            }
        }
    }
}
