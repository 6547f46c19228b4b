import Sidestep
import SidestepLibC
import SidestepProtocol

/// The process that is a program: a workflow written with the client's own means.
enum ProgramProcess {
    /// Runs the program and says on standard output how it ended.
    static func main(specification text: String) {
        guard let specification = try? RawJSON(parsing: Array(text.utf8)) else { return }
        let program = Program(specification)
        Task {
            say(await program.ending())
            exit(0)
        }
        while true { pause() }
    }

    static func say(_ line: RawJSON) {
        let bytes = Array(line.bytes) + [10]
        _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    }
}

/// A program as a scenario gives it.
struct Program: Sendable {
    private let specification: RawJSON
    private let effects: String

    init(_ specification: RawJSON) {
        self.specification = specification
        effects = specification["effects"]?.string ?? ""
    }

    /// Runs the workflow and tells how it ended.
    func ending() async -> RawJSON {
        do {
            let output = try await run()
            return .object { writer in
                writer.member("ends", "completed")
                writer.member("output", output)
            }
        } catch {
            return .object { writer in
                writer.member("ends", Self.ending(of: error))
                writer.member("message", "\(error)")
            }
        }
    }

    private static func ending(of error: any Error) -> String {
        if error is Raised { return "failed" }
        guard let error = error as? SidestepError else { return "\(error)" }
        return error.kind == .stepFailed || error.kind == .runFailed ? "failed" : error.kind.rawValue
    }

    private func run() async throws -> RawJSON {
        let sidestep = try await SidestepClient.connect(.init(socket: specification["socket"]?.string))
        let instructions = specification["program"]?.elements ?? []
        return try await sidestep.workflow(
            specification["workflow"]?.string, run: specification["run"]?.string,
            input: specification["input"],
            options: options
        ) { run -> RawJSON in
            try await execute(instructions, run) ?? .null
        }
    }

    private var options: ResumeOptions {
        .with { options in
            guard let given = specification["options"] else { return }
            given["if_closed"]?.string.flatMap(ResumeOptions.IfClosed.init).map { options.ifClosed = $0 }
            given["if_owned"]?.string.flatMap(ResumeOptions.IfOwned.init).map { options.ifOwned = $0 }
            options.wait = given["wait_ms"]?.int.map { .milliseconds($0) }
            options.maxInterruptions = given["max_interruptions"]?.int
            options.retry = given["retry"].map { Self.policy($0) }
        }
    }

    static func policy(_ json: RawJSON) -> RetryPolicy {
        RetryPolicy(
            maxAttempts: json["max_attempts"]?.int,
            initial: json["initial_ms"]?.int.map { .milliseconds($0) },
            factor: json["factor"]?.double, longest: json["max_ms"]?.int.map { .milliseconds($0) },
            jitter: json["jitter"]?.double,
            delays: json["delays_ms"]?.elements.compactMap(\.int).map { .milliseconds($0) },
            retryOn: json["retry_on"]?.elements.compactMap(\.string),
            failOn: json["fail_on"]?.elements.compactMap(\.string))
    }

    /// An error of the type a scenario names.
    private struct Raised: DurableError {
        let durableType: String
    }

    // MARK: - Instructions

    /// Carries out instructions; a value when one of them returned.
    private func execute(_ instructions: [RawJSON], _ run: Run) async throws -> RawJSON? {
        for instruction in instructions {
            switch instruction.members.first?.key {
            case "step": try await step(instruction, run)
            case "parallel": try await parallel(instruction["parallel"]?.elements ?? [], run)
            case "checkpoint": try await checkpoint(instruction["checkpoint"] ?? .null, run)
            case "messages":
                try expect(array(try await run.messages(as: RawJSON.self)), instruction["messages"])
            case "state_set":
                for (name, value) in instruction["state_set"]?.members ?? [] {
                    try await run.state.set(name, value)
                }
            case "state":
                for (name, value) in instruction["state"]?.members ?? [] {
                    try expect(try await run.state.get(name, as: RawJSON.self) ?? .null, value)
                }
            case "kill": Self.die()
            case "tell": tell(instruction["tell"] ?? .null)
            case "return": return instruction["return"] ?? .null
            case "raise": throw Raised(durableType: instruction["raise"]?.string ?? "")
            default: throw Mismatch("no such instruction: \(instruction.text)")
            }
        }
        return nil
    }

    private func step(_ instruction: RawJSON, _ run: Run) async throws {
        let output: RawJSON
        do {
            output = try await run.step(
                instruction["step"]?.string ?? "",
                options: .init(
                    retry: instruction["retry"].map { Self.policy($0) },
                    atMostOnce: instruction["at_most_once"]?.bool ?? false)
            ) { () -> RawJSON in
                try await body(instruction, run)
            }
        } catch let error as SidestepError {
            if error.kind.rawValue == instruction["error"]?.string { return }
            throw error
        }
        if let error = instruction["error"] { throw Mismatch("the step did not end with \(error.text)") }
        try expect(output, instruction["expect"] ?? instruction["output"])
    }

    private func body(_ instruction: RawJSON, _ run: Run) async throws -> RawJSON {
        if instruction["kill"]?.string == "before" { Self.die() }
        if let effect = instruction["effect"]?.string { Files.append(effect, to: effects) }
        if instruction["kill"]?.string == "inside" { Self.die() }
        if let pause = instruction["sleep_ms"]?.int { try await Task.sleep(for: .milliseconds(pause)) }
        _ = try await execute(instruction["steps"]?.elements ?? [], run)
        if let times = instruction["fails"]?.int {
            let count = Files.lines(effects).filter { $0 == instruction["effect"]?.string }.count
            if count <= times { throw Raised(durableType: instruction["type"]?.string ?? "Error") }
        }
        return instruction["output"] ?? .null
    }

    private func parallel(_ steps: [RawJSON], _ run: Run) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for instruction in steps { group.addTask { try await step(instruction, run) } }
            try await group.waitForAll()
        }
    }

    private func checkpoint(_ members: RawJSON, _ run: Run) async throws {
        var change: MessageChange?
        if let all = members["messages"]?["all"] { change = .all(all.elements) }
        if let added = members["messages"]?["append"] {
            change = .append(added.elements, keeping: members["messages"]?["keep"]?.int ?? 0)
        }
        try await run.checkpoint(state: members["state"], messages: change)
    }

    private func tell(_ text: RawJSON) {
        ProgramProcess.say(.object { $0.member("tell", text) })
        var byte: UInt8 = 0
        while read(0, &byte, 1) == 1, byte != 10 {}
    }

    private func expect(_ value: RawJSON, _ expected: RawJSON?) throws {
        if let reason = Pattern.mismatch(value, expected ?? .null) { throw Mismatch(reason) }
    }

    private func array(_ elements: [RawJSON]) -> RawJSON {
        .build { writer in
            writer.beginArray()
            for element in elements { writer.raw(element) }
            writer.endArray()
        }
    }

    private static func die() -> Never {
        kill(getpid(), SIGKILL)
        while true { pause() }
    }
}
