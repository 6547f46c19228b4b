import Testing

@Suite("Words")
struct WordTests {
    @Test("of SQL stand in the store only")
    func sql() {
        let words = [
            "SELECT ", "INSERT INTO", "DELETE FROM", "UPDATE ", "CREATE TABLE", "PRAGMA ", "BEGIN IMMEDIATE",
        ]
        let hits = Self.hits(words) { $0.hasPrefix("Sources/") && !$0.hasPrefix("Sources/SidestepSQLite/") }
        #expect(hits.isEmpty)
    }

    @Test(
        "promise what we keep: recorded once, at least once, at most once"
    )
    func promises() {
        // Put together from two halves so that this file passes its own test.
        let phrase = "exactly" + " once"
        // The programs there are the guide's, to the letter; what they promise is not ours.
        let quoted = "clients/python/tests/guide/"
        let hits = Self.hits([phrase, "Exactly" + " once", "exactly" + "-once"]) { !$0.hasPrefix(quoted) }
        #expect(hits.isEmpty)
    }

    @Test("name no folder of one machine")
    func places() {
        let places = ["work", "home", "Users", "root"].map { "/\($0)/" }
        let starts = places.flatMap { place in ["\"", " ", "=", "(", "'", "`"].map { $0 + place } }
        #expect(Self.hits(starts) { !$0.hasSuffix(".md") }.isEmpty)
        #expect(Self.hits([places[0]]) { $0.hasSuffix(".md") }.isEmpty)
    }

    private static func hits(_ words: [String], in wanted: (String) -> Bool) -> [String] {
        Tree.files.filter { wanted($0.path) }.flatMap { file in
            file.lines.enumerated().filter { line in words.contains { line.element.contains($0) } }
                .map { "\(file.path):\($0.offset + 1): \($0.element)" }
        }
    }
}
