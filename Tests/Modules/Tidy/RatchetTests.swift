import Testing

/// Counts that may only become better. Who makes one better writes the new figure down here, and it stays.
@Suite("Ratchets")
struct RatchetTests {
    /// Of a hundred public declarations so many open with a sentence, at least; the aim is 85.
    static let documented = [
        "SidestepDaemon": 100, "SidestepEngine": 100, "SidestepExecutors": 100, "SidestepHTTPClient": 100,
        "SidestepHash": 100, "SidestepHost": 100, "SidestepRecording": 100,
        "SidestepModel": 100, "SidestepPlaces": 100, "SidestepProtocol": 100,
        "SidestepSQLite": 91, "SidestepServer": 100, "SidestepSettings": 100, "SidestepStore": 100,
        "Sidestep": 100, "SidestepLifecycle": 100, "SidestepMetrics": 100, "SidestepTracing": 100,
        "SidestepTesting": 100, "SidestepLibC": 100,
        "SidestepWorkspace": 100,
    ]

    @Test("of every module as many public declarations as before open with a sentence", arguments: documented)
    func sentences(module: String, floor: Int) {
        let isClient = !Tree.swift.contains { $0.path.hasPrefix("Sources/\(module)/") }
        let folder = "\(isClient ? "clients/swift/" : "")Sources/\(module)/"
        var count = 0
        var withSentence = 0
        for file in Tree.swift where file.path.hasPrefix(folder) {
            for line in file.lines.indices where Self.isPublic(file.lines[line]) {
                count += 1
                if Self.isDocumented(line, in: file) { withSentence += 1 }
            }
        }
        #expect(count > 0)
        let percent = withSentence * 100 / max(1, count)
        #expect(percent >= floor)
        #expect(percent < floor + 5, "\(module) has \(percent) of a hundred now: write it down")
    }

    /// Where the compiler is told that something may be shared between threads; the aim is 10.
    static let unchecked = 15

    @Test("no more types than before are `@unchecked Sendable`, and each says why it is right")
    func reasons() {
        let sources = Tree.swift.filter {
            $0.path.hasPrefix("Sources/") || $0.path.hasPrefix("clients/swift/Sources/")
        }
        let all = sources.flatMap { file in
            file.lines.indices.filter { Self.isUnchecked(file.lines[$0]) }.map { (file: file, line: $0) }
        }
        #expect(all.count <= Self.unchecked)
        #expect(all.count > Self.unchecked - 3, "there are \(all.count) now: write it down")
        let silent = all.filter { !Self.comment(above: $0.line, in: $0.file).contains("Unchecked") }
        #expect(silent.map { "\($0.file.path):\($0.line + 1)" }.isEmpty)
    }

    @Test("nobody but a store says where a run or a step stands without anything happening to it")
    func states() {
        let callers = Tree.swift.filter { file in
            file.path.hasPrefix("Sources/") && file.lines.contains { $0.contains("stored(as:") }
        }
        let modules = Set(callers.map { $0.path.split(separator: "/")[1] })
        #expect(modules == ["SidestepSQLite"])
    }

    @Test("a file of the Python client has at most 300 lines, a part of sidestep.sh 150")
    func scripts() {
        for file in Tree.files where !file.path.contains("/_sync") {
            let count = file.lines.count
            if file.path.hasPrefix("clients/python/sidestep/") && file.path.hasSuffix(".py") {
                #expect(count <= 300, "\(file.path)")
            } else if file.path.hasPrefix("clients/shell/parts/") {
                #expect(count <= 150, "\(file.path)")
            }
        }
    }

    private static func isUnchecked(_ line: String) -> Bool {
        !trimmed(line).hasPrefix("//") && line.contains("@unchecked Sendable")
    }

    private static func isPublic(_ line: String) -> Bool {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "public"), words[..<place].allSatisfy({ $0.hasPrefix("@") })
        else { return false }
        return !["import", "extension"].contains(words.dropFirst(place + 1).first)
    }

    private static func isDocumented(_ line: Int, in file: Tree.File) -> Bool {
        var above = line - 1
        while above >= 0, trimmed(file.lines[above]).hasPrefix("@") { above -= 1 }
        return above >= 0 && trimmed(file.lines[above]).hasPrefix("///")
    }

    private static func comment(above line: Int, in file: Tree.File) -> String {
        var text = ""
        var above = line - 1
        while above >= 0, ["//", "@"].contains(where: { trimmed(file.lines[above]).hasPrefix($0) }) {
            text += file.lines[above]
            above -= 1
        }
        return text
    }

    private static func trimmed(_ line: String) -> Substring { line.drop { $0 == " " } }
}
