import Glibc
import SidestepProtocol
import Testing

@testable import Sidestep

/// Forks, export and backup through the client, against a real daemon.
@Suite(.timeLimit(.minutes(10))) struct OperateTests {
    @Test("a fork repeats the step it was made at, and nothing before it")
    func forks() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        _ = try await work("source", sidestep, value: 1)
        let fork = try await sidestep.fork("source", as: "fork", at: .step("second"))
        #expect(fork == "fork")
        #expect(try await sidestep.fork("source", as: "fork", at: .step("second")) == "fork")
        #expect(try await work("fork", sidestep, value: 2) == [1, 2])
        #expect(try await sidestep.differingSteps(of: "source", and: "fork") == ["second"])
        let other = try await sidestep.fork("source", input: [7], state: ["page": 3])
        let run = try await sidestep.resume(other)
        #expect(try await run.input(as: [Int].self) == [7])
    }

    @Test("an exported run is imported under another id, once, and can be resumed")
    func transfer() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        _ = try await work("source", sidestep, value: 1)
        var lines: [RawJSON] = []
        try await sidestep.export("source") { lines += $0 }
        #expect(try await sidestep.importRun(lines, as: "copy"))
        #expect(try await sidestep.importRun(lines, as: "copy") == false)
        #expect(try await work("copy", sidestep, value: 9) == [1, 1])
        await #expect(throws: SidestepError.self) {
            try await sidestep.importRun(Array(lines.dropLast()), as: "half")
        }
    }

    @Test("a backup is written where it is asked for, and never over a file by itself")
    func backup() async throws {
        let daemon = try await LocalDaemon()
        let sidestep = try await daemon.connect()
        let path = daemon.directory + "/copy.db"
        try await sidestep.backUp(to: path)
        #expect(access(path, R_OK) == 0)
        await #expect(throws: SidestepError.self) { try await sidestep.backUp(to: path) }
        try await sidestep.backUp(to: path, overwriting: true)
    }

    /// Two steps that return `value` where they are executed.
    private func work(_ id: String, _ sidestep: SidestepClient, value: Int) async throws -> [Int] {
        let run = try await sidestep.resume(id)
        let first = try await run.step("first") { value }
        let second = try await run.step("second") { value }
        try await run.release()
        return [first, second]
    }
}
