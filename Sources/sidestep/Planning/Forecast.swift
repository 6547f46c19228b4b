import Sidestep
import SidestepProtocol

/// What becomes of the steps of a script when it is started now: the script's words beside the run's journal.
struct Forecast {
    /// What will happen to a step.
    enum Outcome: String {
        case repeated, runs
        case runsAgain = "runs_again"
        case unknown, running
    }

    struct Line {
        let line: Int
        let step: String
        let outcome: Outcome
        let reason: String
    }

    private let records: [(name: String, record: RawJSON)]

    init(_ records: [RawJSON]) {
        self.records = records.compactMap { record in record["step"]?.string.map { ($0, record) } }
    }

    func line(for step: ScriptSteps.Step) -> Line {
        let name = step.name.text
        let pattern = Pattern(step.isMany ? name + ":" + String(ShellReader.gap) : name)
        if step.isMany || !step.name.isKnown { return many(step, pattern) }
        // With --produces the newest making counts.
        let making = records.last { $0.name == name || Self.isMaking($0.name, of: name) }
        let (outcome, reason) = making.map { Self.outcome($0.record) } ?? (.runs, "not recorded")
        return Line(line: step.line, step: name, outcome: outcome, reason: reason)
    }

    /// A name with gaps: what is recorded of it is counted.
    private func many(_ step: ScriptSteps.Step, _ pattern: Pattern) -> Line {
        let outcomes = records.filter { pattern.fits($0.name) }.map { Self.outcome($0.record).0 }
        let done = outcomes.count { $0 == .repeated }
        var reason = done == 0 ? "none recorded" : "\(done) recorded and repeated; others would run"
        if done < outcomes.count { reason += "; \(outcomes.count - done) begun or failed, which run again" }
        return Line(
            line: step.line, step: pattern.shown,
            outcome: done > 0 && done == outcomes.count ? .repeated : .runs,
            reason: reason)
    }

    private static func isMaking(_ step: String, of name: String) -> Bool {
        guard step.hasPrefix(name + "@") else { return false }
        return Int(step.dropFirst(name.count + 1)) != nil
    }

    private static func outcome(_ record: RawJSON) -> (Outcome, String) {
        let ago = record["finished_at"]?.int.map { " \(RelativeTime.ago($0))" } ?? ""
        switch record["status"]?.string {
        case "completed":
            guard let problem = ProducedFiles.problem(ofAll: record["output"] ?? .null) else {
                return (.repeated, "recorded\(ago)")
            }
            return (.runsAgain, problem)
        case "failed": return (.runsAgain, "failed\(ago)")
        case "unknown": return (.unknown, "nobody knows whether it happened; see `sidestep inflight`")
        case "running": return (.running, "running now")
        default: return (.runsAgain, "begun, and not ended")
        }
    }

    /// A text with gaps, each of which stands for anything.
    private struct Pattern {
        private let parts: [Substring]
        let shown: String

        init(_ text: String) {
            parts = text.split(separator: ShellReader.gap, omittingEmptySubsequences: false)
            shown = text.replacing(String(ShellReader.gap), with: "*")
        }

        func fits(_ text: String) -> Bool {
            guard let first = parts.first, let last = parts.last, text.hasPrefix(first) else { return false }
            var rest = text.dropFirst(first.count)
            for part in parts.dropFirst().dropLast() where !part.isEmpty {
                guard let range = rest.firstRange(of: part) else { return false }
                rest = rest[range.upperBound...]
            }
            return parts.count == 1 ? rest.isEmpty : rest.hasSuffix(last)
        }
    }
}
