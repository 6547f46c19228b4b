import ArgumentParser
import Sidestep
import SidestepProtocol

/// Shows one run with its steps.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a run, its steps and its recorded calls.",
        discussion: "  sidestep show nightly-1")

    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func run() throws {
        let name = try of.name()
        let connection = try common.connect()
        let result = try connection.call("run.get") { $0.member("run", name) }
        if common.json { return Output.line(result.text) }
        var fields = fields(result)
        let explained = try connection.call("run.explain") { $0.member("run", name) }
        fields.add("last act", explained.present("last_act").map(Self.act))
        fields.print()
        let steps = try connection.call("step.list") { $0.member("run", name) }
        let list = steps["steps"]?.elements ?? []
        if !list.isEmpty {
            Output.line("")
            table(list).print(orWhenEmpty: "")
        }
        if steps.present("more") != nil { Output.line("… (--json and step.list show the rest)") }
        if result.present("recordings") != nil { try showCalls(name, connection) }
        for traceback in RecordedTraceback.all(of: result, list) { traceback.print() }
    }

    /// The first calls; a run without a recorder has none.
    private func showCalls(_ name: String, _ connection: BlockingConnection) throws {
        let calls = try connection.call("recording.list") { writer in
            writer.member("run", name)
            writer.member("limit", 100)
        }
        Output.line("")
        RecordingLine.table(calls["recordings"]?.elements ?? []).print(orWhenEmpty: "")
        if calls.present("more") != nil { Output.line("… (sidestep recordings shows the rest)") }
    }

    private func fields(_ result: RawJSON) -> Fields {
        let run = result["run"] ?? .emptyObject
        let line = RunLine(run)
        var fields = Fields()
        fields.add("run", line.id)
        fields.add("workflow", run["workflow"]?.string)
        fields.add("status", line.status)
        fields.add("owner", line.owner.isEmpty ? nil : line.owner)
        fields.add("started", line.started)
        fields.add("closed", line.time("closed_at"))
        fields.add("next attempt", line.time("next_attempt_at"))
        fields.add("deadline", line.time("deadline_at"))
        fields.add("interruptions", run["interruptions"]?.int.flatMap { $0 > 0 ? "\($0)" : nil })
        fields.add("code version", run["code_version"]?.string)
        fields.add("tags", run.present("tags").flatMap { tags($0) })
        for name in ["input", "output", "error"] {
            fields.add(name, result.present(name).map { Self.short($0) })
        }
        fields.add("calls", result.present("recordings").flatMap { counts($0) })
        fields.add("usage", result.present("usage").flatMap { $0.members.isEmpty ? nil : $0.text })
        fields.add("state", result["state"]?.elements.compactMap(\.string).joined(separator: " ").nonEmpty)
        fields.add("checkpoint", result["checkpoint"]?.string)
        return fields
    }

    /// What somebody did last: `run.paused by alice (pid 812) 3 min ago`.
    private static func act(_ act: RawJSON) -> String {
        let ago = act["at"]?.int.map { RelativeTime.ago($0) } ?? ""
        return "\(act["kind"]?.string ?? "") by \(UserName.text(by: act["by"]) ?? "?") \(ago)"
    }

    private func counts(_ counts: RawJSON) -> String? {
        counts.members.map { "\($0.value.text) \($0.key)" }.joined(separator: ", ").nonEmpty
    }

    private func tags(_ tags: RawJSON) -> String? {
        tags.members.map { "\($0.key)=\($0.value.string ?? $0.value.text)" }.joined(separator: " ").nonEmpty
    }

    private func table(_ steps: [RawJSON]) -> Table {
        var table = Table("STEP", "STATUS", "ATTEMPT", "TOOK", "ENDED", "RESULT")
        for step in steps {
            let payload = step.present("output") ?? step.present("error")
            table.add(
                step["step"]?.string ?? "", Output.status(step["status"]?.string ?? ""),
                "\(step["attempt"]?.int ?? 0)",
                took(step), step["finished_at"]?.int.map { RelativeTime.ago($0) } ?? "",
                payload.map { ProducedFiles.text($0) ?? Self.short($0, 40) } ?? "")
        }
        return table
    }

    private func took(_ step: RawJSON) -> String {
        guard let start = step["started_at"]?.int, let end = step["finished_at"]?.int else { return "" }
        return RelativeTime.span(max(0, end - start))
    }

    /// A payload on one line, cut off where it gets long.
    private static func short(_ payload: RawJSON, _ length: Int = 100) -> String {
        let text = payload.text
        return text.count > length ? text.prefix(length - 1) + "…" : text
    }
}

extension String {
    /// Nil instead of an empty text.
    var nonEmpty: String? { isEmpty ? nil : self }
}
