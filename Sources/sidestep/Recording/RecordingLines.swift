import SidestepRecorder
import SidestepRecording

/// A recorder's report for people.
enum RecordingLines {
    /// What to do about a program whose calls do not come by us.
    static let nothingSeen =
        "0 calls seen: the program speaks to its provider by an address of its own; --set-url and --profile "
        + "lead others here (docs/guides/unmodified-agents.md)"

    /// - Parameter hashSeed: PYTHONHASHSEED as the user has set it.
    static func of(_ report: RecorderReport, hashSeed: String?) -> [String] {
        let other = forgotten(report) + hosted(report) + report.problems
        if report.calls == 0 { return (report.hosted.isEmpty ? [nothingSeen] : []) + other }
        return [counts(report)] + divergence(report, hashSeed) + other
    }

    private static func counts(_ report: RecorderReport) -> String {
        let starts = report.epochs == 1 ? "1 start" : "\(report.epochs) starts"
        var parts = ["\(report.live) live"]
        let others = [
            (report.replayed, "replayed"), (report.attached, "attached"), (report.fetched, "fetched"),
            (report.drifted, "drifted"),
            (report.failed, "failed"), (report.repeated, "tried again"),
            (report.unrecorded, "not recorded"),
        ]
        for (count, word) in others where count > 0 { parts.append("\(count) \(word)") }
        var line = "\(report.calls) calls in \(starts): " + parts.joined(separator: ", ")
        if report.savedTokens > 0 { line += "; \(report.savedTokens) tokens not paid again" }
        return line + paidTwice(report.paidTwice)
    }

    private static func paidTwice(_ sum: LostTries.Sum) -> String {
        guard sum.calls > 0 else { return "" }
        let tokens = (sum.isEstimated ? "about " : "") + "\(sum.tokens) tokens"
        return "; \(tokens) paid twice, in \(sum.calls == 1 ? "1 call" : "\(sum.calls) calls") sent again"
    }

    private static func forgotten(_ report: RecorderReport) -> [String] {
        guard report.forgotten > 0 else { return [] }
        let answers =
            report.forgotten == 1 ? "1 recorded answer was" : "\(report.forgotten) recorded answers were"
        return ["\(answers) deleted (--retain, --forget-on-success), and such a call is paid again"]
    }

    private static func hosted(_ report: RecorderReport) -> [String] {
        guard let first = report.hosted.min() else { return [] }
        return [
            "not covered: \(first) is of a session that runs at the provider, and what it does there is not seen"
        ]
    }

    private static func divergence(_ report: RecorderReport, _ hashSeed: String?) -> [String] {
        guard let found = report.divergence else { return [] }
        let call = found.recording.map { "recording \($0)" } ?? "a call"
        let start = "the first call that was not made before: " + call
        guard let expected = found.expected else { return [start + ", after all of those"] }
        guard let drift = found.drift else {
            return [start + ", where recording \(expected) was to be expected (the requests are not kept)"]
        }
        return [
            start
                + " differs from recording \(expected) at \(place(drift)): \(text(drift.after)), where it was "
                + text(drift.before),
            "cure: " + drift.cure.advice(hashSeed: hashSeed),
        ]
    }

    private static func place(_ drift: Drift) -> String {
        (drift.pointer.isEmpty ? "the whole" : drift.pointer) + (drift.offset.map { ", byte \($0)" } ?? "")
    }

    private static func text(_ words: String?) -> String { words.map { "'\($0)'" } ?? "nothing" }
}
