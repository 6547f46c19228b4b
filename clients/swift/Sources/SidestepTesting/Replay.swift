import FoundationEssentials
import Sidestep
import SidestepProtocol

/// A run that was exported, to be replayed by the code of today.
///
///     try await Replay(contentsOf: "exports/order-9.jsonl").check(PlaceOrder())
///
/// A run that was begun before a deployment goes on with the code after it: each call has to find its record, each
/// record its call, and the run comes to the same end. No body is executed, and no daemon of the user's is asked. A run
/// that was exported before its end is replayed as far as it had come.
public struct Replay: Sendable {
    private let lines: [RawJSON]
    private let recorded: RawJSON

    /// Reads a file that `sidestep export` wrote.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ReplayDifference(text: "\(path) cannot be read")
        }
        try self.init(data.split(separator: 0x0A).map { try RawJSON(parsing: Array($0)) })
    }

    /// Takes the lines that ``SidestepClient/export(_:_:)`` gave.
    public init(_ lines: [RawJSON]) throws {
        self.lines = lines
        guard let recorded = lines.first(where: { $0["kind"]?.string == "run" }) else {
            throw ReplayDifference(text: "the export names no run")
        }
        self.recorded = recorded
    }

    /// Replays the run with this workflow.
    ///
    /// - Throws: `ReplayDifference` with the first call that differs.
    public func check<Kind: Workflow>(_ workflow: Kind) async throws {
        try await check { run in try await workflow.run(run, input: try await run.input()) }
    }

    /// Replays the run with this workflow.
    ///
    /// - Throws: `ReplayDifference` with the first call that differs.
    public func check<Output: Codable & Sendable>(
        _ body: @Sendable (Run) async throws -> Output
    ) async throws {
        let daemon = try await TestDaemon.start()
        var configuration = SidestepClient.Configuration()
        configuration.isReplay = true
        let client = try await daemon.connect(configuration)
        guard try await client.importRun(lines.map(Self.beforeItsEnd)), let id = recorded["id"]?.string else {
            throw ReplayDifference(text: "the export names no run")
        }
        let run = try await client.resume(id)
        var thrown: (any Error)?
        do { _ = try await run.execute(undo: nil, body) } catch { thrown = error }
        try compare(run, thrown)
        if run.firstWithoutRecord == nil { try await compareEnds(run, client, thrown) }
    }

    private func compare(_ run: Run, _ thrown: (any Error)?) throws {
        if let step = run.firstWithoutRecord, !isOpen {
            throw ReplayDifference(text: "'\(step)' has no record: the run was recorded without this call")
        }
        if let error = thrown as? SidestepError, error.kind == .stepMismatch {
            throw ReplayDifference(text: error.message)
        }
        let unused = run.unusedRecords
        guard unused.isEmpty else {
            let why = run.firstWithoutRecord == nil ? thrown.map { "; the workflow threw \($0)" } ?? "" : ""
            throw ReplayDifference(text: "no call gets the record of \(unused.joined(separator: ", "))\(why)")
        }
    }

    private func compareEnds(_ run: Run, _ client: SidestepClient, _ thrown: (any Error)?) async throws {
        let now = try await client.call("run.get") { $0.member("run", run.id) }
        let (before, after) = (recorded["status"]?.string ?? "", now["run"]?["status"]?.string ?? "")
        guard before == "completed" || before == "failed" else { return }
        guard before == after else {
            let why = thrown.map { ": \($0)" } ?? ""
            throw ReplayDifference(text: "the run was \(before), and is \(after) in the replay\(why)")
        }
        let outputs = (recorded["output"] ?? .null, now["output"] ?? .null)
        if before == "completed", !outputs.0.isSame(as: outputs.1) {
            throw ReplayDifference(text: "the output was \(outputs.0), and is \(outputs.1)")
        }
    }

    private var isOpen: Bool {
        !["completed", "failed", "cancelled"].contains(recorded["status"]?.string ?? "")
    }

    /// The run as it was when all was recorded but its end.
    private static func beforeItsEnd(_ line: RawJSON) -> RawJSON {
        guard line["kind"]?.string == "run" else { return line }
        return .object { writer in
            for (name, value) in line.members where !["output", "error", "closed_at"].contains(name) {
                if name == "status" { writer.member(name, "running") } else { writer.member(name, value) }
            }
        }
    }
}

/// Why a run does not go on with the code of today.
public struct ReplayDifference: Error, CustomStringConvertible, Equatable {
    let text: String
    /// The first call that differs, in one sentence.
    public var description: String { text }
}
