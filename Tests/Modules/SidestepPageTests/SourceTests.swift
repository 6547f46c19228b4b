import Testing

@testable import SidestepPage

@Suite("A source of the page")
struct SourceTests {
    private func served(_ text: String) -> String {
        String(decoding: PageSource.withoutComments(Array(text.utf8)), as: UTF8.self)
    }

    @Test("is served without lines that are comments alone")
    func comments() {
        #expect(served("// why\nlet a = 1;\n  // more\nlet b;\n") == "let a = 1;\nlet b;\n")
        #expect(served("/** one line */\nf();\n") == "f();\n")
        #expect(served("  /** two\n   *  lines */\n  f();\n") == "  f();\n")
    }

    @Test("keeps comments beside code, and code beside comments")
    func code() {
        for text in [
            "f(); // called", "/** @type {any} */ (f)();", "g(/** @type {T} */ (x));\n",
            "const u = 'https://a/**';", "",
            "* { margin: 0 }\n",
        ] {
            #expect(served(text) == text)
        }
    }
}
