import Testing

@Suite("Files")
struct DeadFileTests {
    @Test("of sources declare something that another file uses")
    func sources() {
        let dead = Self.code.filter { file in
            let names = Self.declared(in: file)
            return !names.isEmpty && !names.contains { (Self.uses[$0] ?? 0) > 1 }
        }
        #expect(dead.isEmpty)
        #expect(Self.code.count > 500, "the sources were not found")
    }

    @Test("of documentation are linked from another page")
    func pages() {
        let pages = Tree.files.filter { $0.path.hasSuffix(".md") }
        let text = pages.flatMap(\.lines).joined(separator: "\n")
        // Decisions are found by their titles.
        let linked = pages.filter { $0.path.hasPrefix("docs/") && !$0.path.hasPrefix("docs/decisions/") }
        let names = linked.compactMap { $0.path.split(separator: "/").last }
        let alone = names.filter { !text.contains("\($0))") && !text.contains("\($0)#") }
        #expect(alone.isEmpty)
    }

    private static let code = Tree.swift.filter { file in
        let isOurs = file.path.hasPrefix("Sources/") || file.path.hasPrefix("clients/swift/Sources/")
        return isOurs && !file.lines.contains("@main")
    }

    /// In how many files each name stands.
    private static let uses: [Substring: Int] = {
        var uses: [Substring: Int] = [:]
        for file in Tree.swift {
            for name in Set(file.lines.flatMap(names)) { uses[name, default: 0] += 1 }
        }
        return uses
    }()

    private static func names(_ line: String) -> [Substring] {
        line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    }

    private static let openings: Set<Substring> = [
        "func", "struct", "class", "enum", "protocol", "case", "var", "let", "typealias", "extension",
    ]

    private static func declared(in file: Tree.File) -> [Substring] {
        file.lines.flatMap { line in
            let words = names(line)
            return zip(words, words.dropFirst()).filter { openings.contains($0.0) && $0.0 != "extension" }
                .map(\.1)
        }
    }
}
