import Testing

/// Each word of docs/internals/glossary.md means one thing; what its table says not to call that is in no name.
@Suite("The glossary")
struct GlossaryTests {
    @Test("has a word for each thing: no declaration is called by one of the others")
    func names() {
        let wrong = Self.declarations.filter { declaration in
            Self.unwanted.contains { declaration.parts.contains($0) }
        }
        #expect(wrong.isEmpty)
        #expect(Self.unwanted.count > 15, "the table was not found")
        #expect(Self.declarations.count > 5000, "the declarations were not found")
    }

    /// The last column of the table, in the form of `Declaration.parts`.
    static let unwanted: [String] = {
        let page = Tree.files.first { $0.path == "docs/internals/glossary.md" }
        return (page?.lines ?? []).filter { $0.hasPrefix("| ") }.dropFirst().flatMap { row in
            row.split(separator: "|")[2].split(separator: ",").map {
                Declaration.parts(of: $0.filter { $0 != " " })
            }
        }
    }()

    /// A name that our own code gives to something.
    struct Declaration: CustomStringConvertible {
        let place: String
        let name: String

        var description: String { "\(place): \(name)" }
        var parts: String { Self.parts(of: name) }

        /// `removeRun` and `remove_run` as `_remove_run_`.
        static func parts(of name: String) -> String {
            var parts = "_"
            var wasLow = false
            for character in name {
                if character.isUppercase && wasLow { parts += "_" }
                wasLow = character.isLowercase || character.isNumber
                parts += character.lowercased()
            }
            return parts.hasSuffix("_") ? parts : parts + "_"
        }
    }

    static let declarations: [Declaration] = sources.flatMap { file in
        file.lines.enumerated().flatMap { line in
            names(in: line.element, of: file.path).map {
                Declaration(place: "\(file.path):\(line.offset + 1)", name: $0)
            }
        }
    }

    private static let sources = Tree.files.filter { file in
        let isCode = [".swift", ".py", ".sh", ".sql"].contains { file.path.hasSuffix($0) }
        let isOurs = file.path.hasPrefix("Sources/") || file.path.hasPrefix("clients/")
        return isCode && isOurs && !["/tests/", "/Tests/", "/_sync/"].contains { file.path.contains($0) }
    }

    private static let openings: Set<Substring> = [
        "func", "struct", "class", "enum", "protocol", "actor", "case", "var", "let", "typealias", "def",
        "TABLE",
    ]

    private static func names(in line: String, of path: String) -> [String] {
        if path.hasSuffix(".sh") {
            guard line.contains("() ") else { return [] }
            return line.split(separator: "(").prefix(1).map(String.init)
        }
        if line.hasPrefix("-- name: ") { return [String(line.dropFirst("-- name: ".count))] }
        let words = line.split(separator: " ")
        return zip(words, words.dropFirst()).filter { openings.contains($0.0) }.map { pair in
            String(pair.1.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
    }
}
