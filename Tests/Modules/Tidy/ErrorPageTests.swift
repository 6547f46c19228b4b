import SidestepModel
import SidestepProtocol
import Testing

@Suite("Error pages")
struct ErrorPageTests {
    private let pages = Tree.files.filter {
        $0.path.hasPrefix("docs/errors/") && $0.path != "docs/errors/README.md"
    }

    @Test("exist for every kind, and for nothing else")
    func complete() {
        let names = pages.map { String($0.path.dropFirst("docs/errors/".count).dropLast(".md".count)) }
        #expect(Set(names) == Set(ErrorKind.allCases.map(\.rawValue)))
    }

    @Test("are listed in the overview")
    func listed() throws {
        let overview = try #require(Tree.files.first { $0.path == "docs/errors/README.md" })
        for kind in ErrorKind.allCases {
            #expect(overview.lines.contains { $0.hasPrefix("| [`\(kind.rawValue)`](\(kind.rawValue).md) |") })
        }
    }

    @Test("say of a name that it is reserved only while no method answers with it")
    func reserved() {
        let answered = Set(MethodTable.all.flatMap(\.errors).map(\.rawValue))
        for page in pages where page.lines.contains(where: { $0.contains("The name is reserved") }) {
            #expect(!answered.contains { page.path == "docs/errors/\($0).md" })
        }
    }
}
