import Sidestep
import SidestepProtocol

/// A run as people read it.
struct RunLine {
    let run: RawJSON

    init(_ run: RawJSON) { self.run = run }

    var id: String { run["id"]?.string ?? "" }
    var workflow: String { run["workflow"]?.string ?? "" }

    /// The status, and why when it is paused.
    var status: String {
        let status = Output.status(run["status"]?.string ?? "")
        return run["reason"]?.string.map { "\(status) (\($0))" } ?? status
    }

    var owner: String {
        guard let owner = run.present("owner") else { return "" }
        return owner["pid"]?.int.map { "pid \($0)" } ?? owner["kind"]?.string ?? ""
    }

    var started: String { time("created_at") ?? "" }
    var changed: String { time("updated_at") ?? "" }

    /// The named instant as a relative time.
    func time(_ name: String) -> String? { run[name]?.int.map { RelativeTime.to($0) } }
}
