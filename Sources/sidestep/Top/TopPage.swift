import Sidestep
import SidestepProtocol

/// What is shown of one run when it is opened.
enum TopPage {
    static let help = [
        "  j k, arrows   another row", "  enter         open the run; any key comes back",
        "  a d           approve or deny what somebody is asked", "  c             cancel the run",
        "  p             pause the run, or let it go on",
        "  r             retry a failed run; let an unknown step run again", "  q             leave",
        "", "  The screen follows the journal: nothing is asked while nothing happens.",
    ]

    /// Why it is where it is, and its last entries.
    static func lines(of run: String, _ connection: BlockingConnection, width: Int) throws -> [String] {
        let found = try connection.call("run.explain") { $0.member("run", run) }
        var lines = [
            "\(run)  \(found["run"]?["workflow"]?.string ?? "")  \(found["run"]?["status"]?.string ?? "")",
            "",
        ]
        lines += (found["sentences"]?.elements ?? []).compactMap(\.string)
        if let next = found["next"]?.string { lines.append("Next: \(next)") }
        if let command = found["command"]?.string { lines.append("To change it: \(command)") }
        let timeline = try connection.call("run.timeline") { writer in
            writer.member("run", run)
            writer.member("width", max(1, width - TimelineDrawing.margin))
        }
        let drawing = TimelineDrawing(timeline, width: width)
        return lines + [""] + drawing.lines(of: found["run"] ?? .null)
    }
}
