import Testing

@Suite("Sizes")
struct LengthTests {
    @Test("keep a source file under 500 lines")
    func files() {
        let sources = Tree.files.filter { file in
            [".swift", ".c", ".sql"].contains { file.path.hasSuffix($0) }
        }
        let long = sources.filter { $0.lines.count > 500 }.map { "\($0.path): \($0.lines.count) lines" }
        #expect(long.isEmpty)
    }

    @Test("keep a function under 70 lines")
    func functions() {
        let long = Tree.swift.flatMap { file in
            Self.functions(of: file).filter { $0.count > 70 }.map {
                "\(file.path):\($0.lowerBound + 1): \($0.count) lines"
            }
        }
        #expect(long.isEmpty)
    }

    @Test("keep a line of Swift under 120 columns")
    func columns() {
        let long = Tree.swift.flatMap { file in
            file.lines.indices.filter { file.lines[$0].count > 120 }.map { "\(file.path):\($0 + 1)" }
        }
        #expect(long.isEmpty)
    }

    /// The lines of each function: from its opening word to the brace at the same indentation.
    private static func functions(of file: Tree.File) -> [Range<Int>] {
        file.lines.indices.compactMap { start in
            let line = file.lines[start]
            let words = line.split(separator: " ").prefix(6)
            guard words.contains("func") || words.contains(where: { $0.hasPrefix("init(") }) else {
                return nil
            }
            let indent = String(line.prefix { $0 == " " })
            if line.hasSuffix("}") { return nil }
            let end = file.lines[(start + 1)...].firstIndex { $0 == indent + "}" }
            return end.map { start..<($0 + 1) }
        }
    }
}
