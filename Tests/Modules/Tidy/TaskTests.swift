import Testing

/// Swift's tasks are carried out by libdispatch, which ends the process where /proc cannot be opened: for want of a
/// descriptor, for example (docs/decisions/0096).
@Suite("Programs that must not die by what is missing around them")
struct TaskTests {
    /// The client library is for programs of others, who may do as they like, and the generator writes such code.
    static let modules = Tree.swift.filter {
        $0.path.hasPrefix("Sources/") && !$0.path.hasPrefix("Sources/sidestep-generate/")
    }

    @Test("there are sources to look at")
    func found() { #expect(Self.modules.count > 300) }

    @Test("start no task, and use no queue of libdispatch")
    func tasks() {
        let words = ["Task {", "Task.detached", "Task(", "await ", "DispatchQueue", "syncShutdownGracefully"]
        let found = Self.modules.flatMap { file in
            file.lines.filter { line in !line.contains("//") && words.contains { Self.holds(line, $0) } }
                .map { "\(file.path): \($0)" }
        }
        #expect(found == [])
    }

    /// Whether a word begins there: `scheduleTask(` is another one.
    private static func holds(_ line: String, _ word: String) -> Bool {
        guard let place = line.ranges(of: word).first?.lowerBound else { return false }
        return place == line.startIndex || !(line[line.index(before: place)].isLetter)
    }
}
