import Sidestep
import SidestepModel
import SidestepProtocol

/// What `sidestep top` shows, as the daemon told it last.
struct TopState {
    /// Rows of one kind at most.
    static let limit = 50
    /// Runs that wait whose questions are asked for.
    static let asked = 20

    /// How many runs there are, by status.
    var counts: [(status: String, count: Int)] = []
    /// What needs a person.
    var needs: [TopRow] = []
    /// What goes on.
    var running: [TopRow] = []
    /// What the last day has used; empty for nothing.
    var spent = ""
    /// Why the rest is old; nil when it is not.
    var problem: String?

    /// All that can be chosen, from top to bottom.
    var rows: [TopRow] { needs + running }

    /// Asks for everything.
    init(_ connection: BlockingConnection) throws {
        let info = try connection.call("system.info")
        counts = (info["runs"]?.members ?? []).map { ($0.key, $0.value.int ?? 0) }
        let owned = try Self.runs("running", connection)
        // A run with an owner may wait as well as one that nobody has.
        let waiting = try Self.runs("waiting", connection, limit: Self.asked) + owned.prefix(Self.asked)
        needs = try Self.unknown(connection) + Self.questions(of: waiting, connection)
        needs += try Self.runs("paused", connection).map { Self.row($0, .paused, "paused") }
        needs += try Self.failures(connection)
        running = owned.map { Self.row($0, .open, "running") }
        let usage = try connection.call("run.usage") { writer in
            writer.member("by", "user")
            writer.member("from_at", RelativeTime.now() - 86_400_000)
        }
        if let lines = usage["lines"]?.elements, !lines.isEmpty { spent = SpendSums(lines).sentence }
    }

    /// Nothing, for a daemon that does not answer yet.
    init(problem: String) { self.problem = problem }

    private static func runs(
        _ status: String, _ connection: BlockingConnection, limit: Int = limit
    ) throws -> [RawJSON] {
        let page = try connection.call("run.list") { writer in
            writer.member("status", status)
            writer.member("limit", limit)
        }
        return page["runs"]?.elements ?? []
    }

    private static func row(_ run: RawJSON, _ kind: TopRow.Kind, _ word: String) -> TopRow {
        let line = RunLine(run)
        let attempt = run["attempt"]?.int ?? 1
        let parts = [
            line.workflow, run["reason"]?.string.map { "why: \($0)" } ?? line.owner,
            attempt > 1 ? "attempt \(attempt)" : "",
        ]
        return TopRow(
            run: line.id, kind: kind, word: word, text: parts.filter { !$0.isEmpty }.joined(separator: "  "),
            since: run["updated_at"]?.int)
    }

    private static func unknown(_ connection: BlockingConnection) throws -> [TopRow] {
        let steps =
            try connection.call("step.inflight") { $0.member("limit", limit) }["steps"]?.elements ?? []
        return steps.compactMap { step in
            guard let run = step["run"]?.string, let name = step["step"]?.string else { return nil }
            return TopRow(
                run: run, kind: .unknown(step: name), word: "unknown", text: "did step '\(name)' happen?",
                since: step["started_at"]?.int)
        }
    }

    private static func questions(
        of runs: [RawJSON], _ connection: BlockingConnection
    ) throws -> [TopRow] {
        try runs.flatMap { run in
            let id = RunLine(run).id
            let open = try OpenQuestions(id, connection)
            let promises = open.promises.filter { $0["status"]?.string == "pending" }.map { promise in
                (
                    name: promise["promise"]?.string ?? "", about: promise.present("metadata")?.text,
                    isPromise: true
                )
            }
            let signals = open.signals.map { (name: $0, about: open.about[$0]?.text, isPromise: false) }
            return (promises + signals).map { question in
                TopRow(
                    run: id, kind: .question(name: question.name, isPromise: question.isPromise),
                    word: "waits",
                    text: "for '\(question.name)'" + (question.about.map { "  \($0)" } ?? ""))
            }
        }
    }

    /// Those of the last day, a few.
    private static func failures(_ connection: BlockingConnection) throws -> [TopRow] {
        let day = RelativeTime.now() - 86_400_000
        return try runs("failed", connection, limit: 10).filter { ($0["closed_at"]?.int ?? 0) > day }
            .map { row($0, .failed, "failed") }
    }
}
