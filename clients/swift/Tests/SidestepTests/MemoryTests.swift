import Foundation
import Testing

@testable import Sidestep

/// What a large value costs a program at most; each program is a process of its own.
@Suite(.serialized, .timeLimit(.minutes(10))) struct MemoryTests {
    @Test(
        "40 MiB are written, and read again, with less than four times that in memory",
        arguments: ["text", "object", "workflow", "output", "checkpoint"])
    func large(part: String) async throws {
        let daemon = try await LocalDaemon()
        let written = try await peak(daemon, part)
        #expect(written < 4 * 40 << 20, "written with \(written >> 20) MiB")
        let read = try await peak(daemon, part)
        #expect(read < 4 * 40 << 20, "read with \(read >> 20) MiB")
    }

    /// Bytes that the program had resident at most.
    private func peak(_ daemon: LocalDaemon, _ part: String) async throws -> Int {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try LocalDaemon.findProgram(named: "sidestep-large"))
        process.arguments = [daemon.socket, part]
        let output = daemon.directory + "/peak"
        #expect(FileManager.default.createFile(atPath: output, contents: nil))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        try process.run()
        try await until { !process.isRunning }
        #expect(process.terminationStatus == 0)
        let text = try String(contentsOfFile: output, encoding: .utf8)
        return try #require(Int(text.filter(\.isNumber)), "it printed \(text)") << 10
    }
}
