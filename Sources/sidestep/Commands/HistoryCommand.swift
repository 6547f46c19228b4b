import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Prints the journal of a run.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Print the journal of a run, the oldest entry first.",
        discussion: """
              sidestep history nightly-1 --json | jq .kind
              sidestep history nightly-1 --follow        until the run is closed
              sidestep history --daemon                  deletions and other changes that are in no run's journal
            """)

    @Option(help: "Begin after this sequence.")
    var after = 0
    @Flag(name: .shortAndLong, help: "Go on printing what happens, until the run is closed.")
    var follow = false
    @Flag(help: "Print the daemon's own journal: who deleted and changed what.")
    var daemon = false
    @OptionGroup var of: RunArgument
    @OptionGroup var common: Common

    func validate() throws {
        if daemon && (follow || of.run != nil) {
            throw ValidationError("--daemon is about no run, and does not follow")
        }
    }

    func run() throws {
        if daemon { return try DaemonHistory(after: after, common: common).print() }
        let name = try of.name()
        let connection = try common.connect()
        if follow { return try followJournal(name, connection) }
        try list(name, connection)
    }

    private func list(_ name: String, _ connection: BlockingConnection) throws {
        var table = Table("SEQUENCE", "WHEN", "WHAT", "STEP", "ATTEMPT", "BY", "DETAIL")
        _ = try pages(name, after, connection) { entry in
            if common.json { return Output.line(entry.text) }
            let cells = JournalLine(entry)
            table.add(
                cells.sequence, cells.ago, cells.kind, cells.step, cells.attempt, cells.by, cells.detail(60))
        }
        if !common.json { table.print(orWhenEmpty: "The journal is empty.") }
    }

    /// Prints what there is, and from there on what is announced, until the run is closed.
    ///
    /// The watch begins behind the last entry that was read, so none is missed and none comes twice; whether the run
    /// was closed is asked before, so its last entry is among those read.
    private func followJournal(_ name: String, _ connection: BlockingConnection) throws {
        let run = try connection.call("run.get") { $0.member("run", name) }
        var isClosed = run.present("closed_at") != nil
        let last = try pages(name, after, connection) { entry in
            show(entry)
            isClosed = JournalLine(entry).isClosed ?? isClosed
        }
        let watcher = RunWatcher(socket: common.socket, filter: .init(run: name), after: last)
        while !isClosed {
            let entry = try watcher.next().json.without(["watch", "run"])
            show(entry)
            isClosed = JournalLine(entry).isClosed ?? isClosed
        }
    }

    private func show(_ entry: RawJSON) { Output.line(common.json ? entry.text : JournalLine(entry).line) }

    /// Visits all entries behind `sequence`; answers the last one's.
    private func pages(
        _ name: String, _ sequence: Int, _ connection: BlockingConnection, _ visit: (RawJSON) -> Void
    ) throws -> Int {
        var last = sequence
        var hasMore = true
        while hasMore {
            let page = try connection.call("run.history") { writer in
                writer.member("run", name)
                writer.member("after", last)
            }
            for entry in page["entries"]?.elements ?? [] {
                visit(entry)
                last = entry["sequence"]?.int ?? last
            }
            hasMore = page.present("more") != nil
        }
        return last
    }
}

/// An entry of the journal as people read it.
struct JournalLine {
    let entry: RawJSON

    init(_ entry: RawJSON) { self.entry = entry }

    var sequence: String { "\(entry["sequence"]?.int ?? 0)" }
    var ago: String { entry["at"]?.int.map { RelativeTime.ago($0) } ?? "" }
    var kind: String { entry["kind"]?.string ?? "" }
    var step: String { entry["step"]?.string ?? "" }
    var attempt: String { entry["attempt"]?.int.map { "\($0)" } ?? "" }

    /// Whether the run is closed after it; nil where the entry does not change that.
    var isClosed: Bool? {
        switch kind {
        case "run.completed", "run.failed", "run.cancelled": true
        case "run.reopened": false
        default: nil
        }
    }

    /// Who did it, where somebody did.
    var by: String { UserName.text(by: entry["detail"]?["by"] ?? entry["by"]) ?? "" }

    /// What else is known of it.
    func detail(_ length: Int) -> String {
        guard let detail = entry.present("detail") else { return "" }
        let rest = detail["by"] == nil ? detail : detail.without(["by"])
        return rest.kind == .object && rest.members.isEmpty ? "" : String(rest.text.prefix(length))
    }

    /// One line with the time of day.
    var line: String {
        let clock = RelativeTime.clock(entry["at"]?.int ?? 0)
        let attempt = (entry["attempt"]?.int ?? 1) > 1 ? "attempt \(self.attempt)" : ""
        let by = self.by.isEmpty ? "" : "by \(self.by)"
        return [clock, kind, step, attempt, by, detail(200)].filter { !$0.isEmpty }.joined(separator: "  ")
    }
}

/// The daemon's own journal.
struct DaemonHistory {
    let after: Int
    let common: Common

    func print() throws {
        let connection = try common.connect()
        var table = Table("SEQUENCE", "WHEN", "WHAT", "NAME", "OF", "BY", "DETAIL")
        var next: Int? = after
        while let last = next {
            let page = try connection.call("system.acts") { $0.member("after", last) }
            for act in page["acts"]?.elements ?? [] {
                if common.json {
                    Output.line(act.text)
                    continue
                }
                let line = JournalLine(act)
                table.add(
                    line.sequence, line.ago, act["method"]?.string ?? "", act["subject"]?.string ?? "",
                    act["uid"]?.int.map(UserName.text) ?? "", line.by, line.detail(60))
            }
            next = page.present("more")?.int
        }
        if !common.json { table.print(orWhenEmpty: "Nobody changed anything yet.") }
    }
}

extension RawJSON {
    /// An object without these members.
    fileprivate func without(_ names: Set<String>) -> RawJSON {
        .object { writer in
            for member in members where !names.contains(member.key) {
                writer.member(member.key, member.value)
            }
        }
    }
}
