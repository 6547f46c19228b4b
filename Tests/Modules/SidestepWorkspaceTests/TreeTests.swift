import Testing

@testable import SidestepWorkspace

@Suite struct TreeTests {
    static let hash = String(repeating: "ab", count: 32)

    static func path(_ text: String) -> TreePath { Array(text.utf8) }

    static func file(_ name: String, _ content: String = "ab", mode: UInt32 = 0o644, at time: Int64 = 1)
        -> Entry
    {
        Entry(
            path(name), .file(size: 1, hash: String(repeating: content, count: 32)), mode: mode,
            modified: time)
    }

    static func folder(_ name: String, mode: UInt32 = 0o755) -> Entry {
        Entry(path(name), .directory, mode: mode, modified: 5)
    }

    @Test func aTreeReadsBackWhateverItsNamesAre() throws {
        let odd: [TreePath] = [
            [0xFF, 0x0A, 0x20], Self.path("%41 b"), Self.path("ü/x"), Self.path("."), [1],
        ]
        var entries = [Self.folder("")]
        for path in odd {
            entries.append(Entry(path, .file(size: .max, hash: Self.hash), mode: 0o4755, modified: -1))
            entries.append(Entry(path + Self.path("-l"), .link(target: path), mode: 0, modified: .min))
            entries.append(Entry(path + Self.path("-h"), .sameFile(as: path), mode: 0, modified: 0))
        }
        // The path `.` is written as the root is; no scan ever finds it.
        let tree = Tree(
            entries.filter {
                $0.path != Self.path(".") && $0.kind != .sameFile(as: Self.path("."))
                    && $0.kind != .link(target: Self.path("."))
            })
        let text = TreeText.write(tree)
        #expect(TreeText.read(text) == tree)
        #expect(TreeText.hashes(in: Array(text.utf8)) == tree.hashes)
        #expect(text.utf8.allSatisfy { $0 < 0x7F })
    }

    @Test func halfATextIsNone() {
        let text = TreeText.write(Tree([Self.folder(""), Self.file("a"), Self.file("b")]))
        for count in 0..<text.utf8.count - 1 {
            #expect(TreeText.read(String(text.prefix(count))) == nil)
            #expect(TreeText.hashes(in: Array(text.utf8.prefix(count))) == nil)
        }
    }

    @Test func changesAreNamedInTheOrderOfPaths() {
        let before = Tree([Self.folder(""), Self.file("a"), Self.file("b"), Self.file("c", mode: 0o600)])
        let after = Tree([Self.folder(""), Self.file("b", "cd"), Self.file("c", mode: 0o644), Self.file("d")])
        let changes = before.changes(to: after)
        #expect(changes.map { TreeText.escaped($0.path) } == ["a", "b", "c", "d"])
        #expect(changes.first == .removed(Self.file("a")))
        #expect(changes.last == .added(Self.file("d")))
        #expect(before.changes(to: before).isEmpty)
    }

    @Test func ignoredIsWhatTheLinesName() throws {
        let rules = try IgnoreRules("# comment\n*.log\nbuild/\n/top\nsrc/*.tmp\n")
        func ignores(_ path: String, folder: Bool = false) -> Bool {
            rules.ignores(Self.path(path), isDirectory: folder)
        }
        #expect(ignores("a.log") && ignores("deep/b.log") && ignores("build", folder: true))
        #expect(ignores("deep/build", folder: true) && ignores("top") && ignores("src/x.tmp"))
        #expect(!ignores("build") && !ignores("deep/top") && !ignores("src/deep/x.tmp") && !ignores("a.logs"))
        #expect(throws: WorkspaceError.self) { try IgnoreRules("!a") }
    }
}
