import Sidestep
import SidestepProtocol

/// A recorded call as people read it.
struct RecordingLine {
    let recording: RawJSON

    init(_ recording: RawJSON) { self.recording = recording }

    var number: String { "\(recording["recording"]?.int ?? 0)" }
    var state: String { Output.status(recording["state"]?.string ?? "") }
    var asked: String { "\(text("upstream")) \(text("http_method")) \(text("path"))" }

    /// Tokens that went and came, and who says so if it is not the service.
    var tokens: String {
        guard let usage = recording.present("usage") else { return "" }
        let parts = ["input_tokens", "output_tokens"].map { usage[$0]?.int }
        let total = usage["tokens"]?.int
        let sum = total.map { "\($0)" } ?? parts.compactMap { $0.map { "\($0)" } }.joined(separator: "+")
        return recording["usage_source"]?.string == "estimated" && !sum.isEmpty ? "~\(sum)" : sum
    }

    var took: String { recording["duration_ms"]?.int.map { RelativeTime.span($0) } ?? "" }
    var ended: String { recording["completed_at"]?.int.map { RelativeTime.ago($0) } ?? "" }

    func text(_ name: String) -> String { recording[name]?.string ?? "" }

    /// The name of the key in what says how a recording is encrypted.
    static func key(of seal: String) -> String {
        let parts = seal.split(separator: ":")
        return parts.count > 1 ? String(parts[1]) : seal
    }

    /// The calls of a run below each other.
    static func table(_ recordings: [RawJSON]) -> Table {
        var table = Table("CALL", "STATE", "SERVICE", "MODEL", "STATUS", "TOKENS", "TOOK", "ENDED")
        for line in recordings.map(RecordingLine.init) {
            table.add(
                line.number, line.state, line.text("upstream"), line.text("model"),
                line.recording["status"]?.int.map { "\($0)" } ?? "", line.tokens, line.took, line.ended)
        }
        return table
    }
}
