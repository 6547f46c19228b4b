import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum ForkHandlers {
    static var all: [String: Handler] {
        [
            "run.fork": .write(fork) { writer, made in
                writer.run("run", made.view)
                writer.member("created", made.created)
                writer.object("forked_from") { $0.members(of: made.lineage) }
            },
            "run.diff": .read({ request in
                var diff = DiffRuns(run: request.required("run"), other: request.required("other"))
                diff.limit = request.limit
                diff.maxBytes = request.pageBytes()
                return diff
            }) { writer, found in
                writer.run("run", found.run)
                writer.run("other", found.other)
                writer.member("same_input", found.isSameInput)
                writer.member("same_output", found.isSameOutput)
                writer.member("same", found.same)
                writer.member("shared", found.shared)
                writer.list("steps", found.differences) { write($1, &$0) }
                writer.member("more", found.hasMore)
            },
        ]
    }

    private static func fork(_ request: Request) throws -> ForkRun {
        var fork = ForkRun(run: request.required("run"))
        fork.newRun = request.params.string("new_run")
        fork.point = try point(request)
        fork.workflow = request.params.string("workflow")
        fork.input = request.payload("input")
        fork.state = request.payload("state")
        fork.messages = request.params.array("messages")?.map(\.bytes)
        fork.answer = try answer(request)
        fork.copiesSignals = request.params.string("signals") == "copy"
        return fork
    }

    private static func answer(_ request: Request) throws -> ForkedAnswer? {
        guard let params = request.params.object("response") else { return nil }
        guard request.params.has("recording") else {
            throw Failure(
                .invalidArgument, "`response` is the answer of no recording",
                hint: "Name the `recording` that has got another one.")
        }
        var response = RecordedResponse()
        response.status = params.integer("status")
        response.headers = try RecordingHandlers.pairs(params.raw("headers"))
        response.contentType = params.string("content_type")
        response.splits = params.raw("splits")?.bytes
        response.toolIDs = params.raw("tool_ids")?.bytes
        let body = try RecordingHandlers.bytes(params, "response", request.limits)
        return ForkedAnswer(response, body: body ?? [])
    }

    private static func point(_ request: Request) throws -> ForkPoint {
        let params = request.params
        let points = [
            params.string("step").map(ForkPoint.step), params.string("checkpoint").map(ForkPoint.checkpoint),
            params.integer("recording").map(ForkPoint.recording),
            params.boolean("from_failed") == true ? .failed : nil,
        ].compactMap { $0 }
        if points.count <= 1 { return points.first ?? .end }
        throw Failure(
            .invalidArgument,
            "`step`, `checkpoint`, `recording` and `from_failed` are four ways to name one point",
            hint: "Pass one of them, or none to fork where the run stands.")
    }

    private static func write(_ difference: DiffRuns.Difference, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("step", difference.step)
            writer.member("change", change(difference))
            for (name, outcome) in [("run", difference.run), ("other", difference.other)] {
                guard let outcome else { continue }
                writer.object(name) { writer in
                    writer.member("status", outcome.step.status.rawValue)
                    writer.payload("output", outcome.output)
                    writer.payload("error", outcome.error)
                }
            }
        }
    }

    private static func change(_ difference: DiffRuns.Difference) -> String {
        if difference.run == nil { return "only_in_other" }
        return difference.other == nil ? "only_in_run" : "changed"
    }
}
