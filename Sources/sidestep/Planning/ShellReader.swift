/// The words of a shell script, without executing anything: a rule without I/O.
///
/// It knows quotes, comments, continued lines, here-documents and commands within `$(…)`. What only an execution could
/// tell (variables, the output of commands) stands as a gap in the word.
struct ShellReader {
    /// A word, and whether parts of it are known only when it is executed.
    struct Word: Equatable {
        /// Its text, with `gap` for each part that is not known.
        var text: String
        var isKnown: Bool { !text.contains(ShellReader.gap) }
    }

    /// One command with its words.
    struct Command {
        let line: Int
        let words: [Word]
    }

    /// What stands for a part that is not known; no script holds it.
    static let gap: Character = "\u{FFFC}"

    private let text: [Character]
    private var place = 0
    private var line = 1
    private var found: [Command] = []
    /// Here-documents whose bodies begin with the next line.
    private var documents: [(end: String, isIndented: Bool)] = []

    private init(_ text: String) { self.text = Array(text) }

    /// The commands of a script in the order of their beginnings.
    static func commands(of text: String) -> [Command] {
        var reader = ShellReader(text)
        while reader.place < reader.text.count { reader.read(until: nil) }
        return reader.found.enumerated().sorted {
            ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
        }
        .map(\.element)
    }

    private var next: Character? { place < text.count ? text[place] : nil }

    private func follows(_ string: String) -> Bool { text[place...].starts(with: string) }

    private mutating func take() -> Character? {
        guard let character = next else { return nil }
        place += 1
        if character.isNewline { line += 1 }
        return character
    }

    /// The command that is being read.
    private struct Current {
        var words: [Word] = []
        var word: String?
        var line = 0

        mutating func endWord() {
            if let word { words.append(Word(text: word)) }
            word = nil
        }
    }

    /// Reads commands to the end of the text, or of the parentheses or back-quotes that they stand in.
    private mutating func read(until end: Character?) {
        var current = Current()
        while let character = next, character != end {
            step(character, &current)
        }
        _ = take()
        endCommand(&current)
    }

    private mutating func step(_ character: Character, _ current: inout Current) {
        switch character {
        case "\n":
            _ = take()
            endCommand(&current)
            skipDocuments()
        case ";", "&", "|", "(", ")":
            _ = take()
            endCommand(&current)
        case "\\" where follows("\\\n"):
            (_, _) = (take(), take())
        case "#" where current.word == nil: while let next, !next.isNewline { _ = take() }
        case "<", ">":
            current.endWord()
            redirect()
        case let space where space.isWhitespace:
            _ = take()
            current.endWord()
        default:
            if current.words.isEmpty && current.word == nil { current.line = line }
            current.word = (current.word ?? "") + part()
        }
    }

    private mutating func endCommand(_ current: inout Current) {
        current.endWord()
        if !current.words.isEmpty { found.append(Command(line: current.line, words: current.words)) }
        current = Current()
    }

    // MARK: - Parts of words

    private mutating func part() -> String {
        switch take() {
        case "\\": take().map { $0.isNewline ? "" : String($0) } ?? ""
        case "'": quoted(by: "'")
        case "\"": doubleQuoted()
        case "$": expansion()
        case "`": backQuoted()
        case let character?: String(character)
        case nil: ""
        }
    }

    private mutating func quoted(by quote: Character) -> String {
        var inner = ""
        while let character = take(), character != quote { inner.append(character) }
        return inner
    }

    private mutating func doubleQuoted() -> String {
        var inner = ""
        while let character = next, character != "\"" { inner += character == "'" ? String(take()!) : part() }
        _ = take()
        return inner
    }

    /// What follows a dollar sign: a gap, and in parentheses commands.
    private mutating func expansion() -> String {
        switch next {
        case "(":
            _ = take()
            read(until: ")")
        case "{": skipBraces()
        case "'":
            _ = take()
            return quoted(by: "'")
        case let first? where first.isLetter || first == "_":
            while let next, next.isLetter || next.isNumber || next == "_" { _ = take() }
        case let first? where first.isNumber || "@*#?$!-".contains(first): _ = take()
        default: return "$"
        }
        return String(Self.gap)
    }

    private mutating func skipBraces() {
        var depth = 0
        while let character = take() {
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if depth == 0 { return }
        }
    }

    private mutating func backQuoted() -> String {
        read(until: "`")
        return String(Self.gap)
    }

    // MARK: - Redirections

    private mutating func redirect() {
        guard follows("<<"), !follows("<<<") else {
            while let next, "<>&|".contains(next) { _ = take() }
            return
        }
        place += 2
        let isIndented = next == "-"
        if isIndented { _ = take() }
        while let next, next == " " || next == "\t" { _ = take() }
        var end = ""
        while let next, !next.isWhitespace, !";&|<>()".contains(next) { end += part() }
        documents.append((end, isIndented))
    }

    /// Leaves out the bodies of here-documents.
    private mutating func skipDocuments() {
        for document in documents {
            while next != nil {
                var row = ""
                while let character = take(), !character.isNewline { row.append(character) }
                if document.isIndented { row = String(row.drop { $0 == "\t" }) }
                if row == document.end { break }
            }
        }
        documents = []
    }
}
