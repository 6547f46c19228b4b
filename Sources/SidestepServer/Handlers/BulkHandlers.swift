import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum BulkHandlers {
    static var all: [String: Handler] {
        [
            "run.bulk": .either { request in
                let action = request.params.word("action", RunAction.self)
                let selection = try selection(request)
                if request.params.flag("dry_run") {
                    return .read({ _ in ChangeRunsRehearsal(action, selection) }, write)
                }
                let change = ChangeRuns(
                    action, selection, reason: request.params.string("reason"),
                    graceMilliseconds: request.params.count("grace_ms"))
                return .write({ _ in change }, write)
            }
        ]
    }

    private static func selection(_ request: Request) throws -> RunSelection {
        let params = request.params
        // `open: false` and `all: false` name nothing.
        let isFiltered =
            params.flag("all") || params.flag("open")
            || MethodTable.runFilter.contains { $0.name != "open" && params.has($0.name) }
        switch (params.strings("runs"), isFiltered) {
        case (let ids?, false): return .named(ids)
        case (nil, true): return .found(try RunHandlers.list(request))
        case (nil, false):
            throw Failure(
                .invalidArgument, "neither `runs` nor a filter says which runs are meant",
                hint: "Pass one of them, or `all: true`.")
        case (_?, true):
            throw Failure(
                .invalidArgument, "`runs` stands beside a filter", hint: "Pass one or the other.")
        }
    }

    private static func write(_ writer: inout JSONWriter, _ result: ChangeRuns.Result) {
        writer.member("count", result.count)
        writer.member("runs", result.runs)
        writer.list("skipped", result.skipped) { writer, skipped in
            writer.object { writer in
                writer.member("run", skipped.run)
                writer.member("kind", skipped.failure.kind.rawValue)
                writer.member("message", skipped.failure.message)
            }
        }
        writer.member("more", result.cursor.map(String.init))
    }
}
