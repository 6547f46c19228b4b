import Testing

@Suite("Commands")
struct CommandTests {
    /// The parser makes a name of the type's where there is none: it asks the runtime how to describe each type, which
    /// goes through every conformance of the program, at every start.
    @Test("say their names")
    func names() {
        let unnamed = Self.commands.filter { !$0.text.contains("commandName:") }
        #expect(unnamed.map(\.place).isEmpty)
        #expect(Self.commands.count > 100, "the commands were not found")
    }

    /// What is declared between one command and the next.
    private static let commands: [(place: String, text: String)] = Tree.swift.flatMap {
        file -> [(place: String, text: String)] in
        guard !file.path.hasPrefix("Tests/") else { return [] }
        let starts = file.lines.indices.filter { file.lines[$0].contains(": ParsableCommand {") }
        return zip(starts, starts.dropFirst() + [file.lines.endIndex]).map { start, end in
            ("\(file.path):\(start + 1)", file.lines[start..<end].joined())
        }
    }
}
