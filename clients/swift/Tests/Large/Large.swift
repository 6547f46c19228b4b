import Sidestep
import SidestepPlaces

/// Hands 40 MiB to a daemon or gets them from it, and says how much memory the process had at most.
///
///     sidestep-large SOCKET PART
///
/// It prints the peak of its resident memory in KiB: proc(5), VmHWM.
@main
struct Large {
    static let bytes = 40 << 20

    static func main() async throws {
        let (socket, part) = (CommandLine.arguments[1], CommandLine.arguments[2])
        let client = try await SidestepClient.connect(.init(socket: socket, autostart: false))
        switch part {
        case "text": try await step(client, "text") { text() }
        case "object": try await step(client, "object") { Page(text: text()) }
        case "workflow":
            let length = try await client.workflow("large", run: "workflow", input: text()) { run in
                try await run.input(as: String.self).utf8.count
            }
            precondition(length == bytes)
        case "output":
            let output = try await client.workflow("large", run: "output") { _ in text() }
            precondition(output.utf8.count == bytes)
        case "checkpoint":
            try await client.withRun("checkpoint") { run in
                if let saved = run.checkpoint {
                    let state: String = try saved.state()
                    precondition(state.utf8.count == bytes)
                } else {
                    try await run.checkpoint(state: text())
                }
            }
        default: fatalError("no such part: \(part)")
        }
        print(try peak())
    }

    private struct Page: Codable { var text: String }

    private static func step<Output: Codable & Sendable>(
        _ client: SidestepClient, _ name: String, _ body: @escaping @Sendable () -> Output
    ) async throws {
        try await client.withRun(name) { run in
            let _: Output = try await run.step("large") { body() }
        }
    }

    private static func text() -> String { String(repeating: "x", count: bytes) }

    private static func peak() throws -> Int {
        let lines = SmallFile.text("/proc/self/status")?.split(separator: "\n") ?? []
        guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = Int(line.filter(\.isNumber))
        else { throw SidestepError(.unexpectedReply, "/proc/self/status names no VmHWM") }
        return kilobytes
    }
}
