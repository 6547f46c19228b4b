import Sidestep
import SidestepLibC
import SidestepProtocol

/// A program of a scenario, running in a process of its own.
final class ProgramRun {
    let process: ChildProcess
    private var buffer: [UInt8] = []
    /// What the program said about its end.
    private(set) var ending: RawJSON?

    init(_ specification: RawJSON) throws {
        // A daemon that a scenario killed is the scenario's to start.
        var environment = Environment.current
        environment.variables["SIDESTEP_AUTOSTART"] = "0"
        process = try ChildProcess(
            [Files.ownProgram, "--program", specification.text], talks: true, environment: environment)
    }

    func answer() { _ = write(process.descriptor, "\n", 1) }

    /// Waits until the program tells this text.
    func hear(_ text: String, before deadline: Int) throws {
        while let line = try nextLine(before: deadline) {
            if line["tell"]?.string == text { return }
            if line["ends"] != nil { throw Mismatch("the program ended: \(line.text)") }
        }
        throw Mismatch("the program did not tell \(text)")
    }

    /// Waits for its end: `killed`, `completed`, `failed` or a kind.
    func end(before deadline: Int) throws -> (ends: String, output: RawJSON) {
        while let line = try nextLine(before: deadline) {
            if line["ends"] != nil { ending = line }
        }
        if monotonicMilliseconds() >= deadline { throw Mismatch("the program does not end") }
        if process.wait() != nil { return ("killed", .null) }
        return (ending?["ends"]?.string ?? "nothing said", ending?["output"] ?? .null)
    }

    /// The next line it says; nil at its end or when the time is up.
    private func nextLine(before deadline: Int) throws -> RawJSON? {
        while true {
            if let newline = buffer.firstIndex(of: 10) {
                defer { buffer.removeSubrange(...newline) }
                return try RawJSON(parsing: Array(buffer[..<newline]))
            }
            var poller = pollfd(fd: process.descriptor, events: Int16(POLLIN), revents: 0)
            let left = deadline - monotonicMilliseconds()
            guard left >= 0, poll(&poller, 1, Int32(left)) > 0 else { return nil }
            var chunk = [UInt8](repeating: 0, count: 16 << 10)
            let count = read(process.descriptor, &chunk, chunk.count)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }
}

extension Player {
    func program(_ operation: RawJSON) throws {
        let specification = RawJSON.object { writer in
            writer.member("run", operation["run"].map { variables.resolve($0) } ?? variables["run"])
            writer.member("socket", workplace.daemon.socket)
            writer.member("effects", effects)
            for name in ["program", "workflow", "input", "options"] {
                writer.member(name, operation[name].map { variables.resolve($0) })
            }
        }
        let run = try ProgramRun(specification)
        if let label = operation["start"]?.string {
            programs[label] = run
        } else {
            defer { run.process.end() }
            try judge(run, operation)
        }
    }

    func awaitProgram(_ operation: RawJSON) throws {
        guard let run = programs.removeValue(forKey: operation["await"]?.string ?? "") else { return }
        defer { run.process.end() }
        try judge(run, operation)
    }

    func hear(_ operation: RawJSON) throws {
        guard let run = programs[operation["hear"]?.string ?? ""] else { throw Mismatch("no such program") }
        try run.hear(operation["text"]?.string ?? "", before: programDeadline(operation))
    }

    private func programDeadline(_ operation: RawJSON) -> Int {
        monotonicMilliseconds() + (operation["within_ms"]?.int ?? 10_000)
    }

    private func judge(_ run: ProgramRun, _ operation: RawJSON) throws {
        let (ends, output) = try run.end(before: programDeadline(operation))
        if let expected = operation["ends"]?.string, ends != expected {
            throw Mismatch("the program ended \(ends) (\(run.ending?.text ?? "")), not \(expected)")
        }
        if let expected = operation["output"],
            let reason = Pattern.mismatch(output, variables.resolve(expected))
        {
            throw Mismatch("output: \(reason)")
        }
        if let expected = operation["effects"] { try compareEffects(variables.resolve(expected)) }
    }

    private func compareEffects(_ expected: RawJSON) throws {
        let lines = Files.lines(effects)
        let actual = RawJSON.build { writer in
            writer.beginArray()
            for line in lines { writer.value(line) }
            writer.endArray()
        }
        guard expected.kind == .array else {
            if let reason = Pattern.mismatch(actual, expected) { throw Mismatch("effects: \(reason)") }
            return
        }
        var rest = lines[...]
        for element in expected.elements {
            let group =
                element.kind == .array ? element.elements.compactMap(\.string) : [element.string ?? ""]
            guard rest.prefix(group.count).sorted() == group.sorted() else {
                throw Mismatch("effects are \(actual.text), not \(expected.text)")
            }
            rest = rest.dropFirst(group.count)
        }
        if !rest.isEmpty { throw Mismatch("effects are \(actual.text), not \(expected.text)") }
    }
}
