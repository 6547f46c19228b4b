import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum RunHandlers {
    static var all: [String: Handler] {
        [
            "run.get": .read({ GetRun(run: $0.required("run"), generation: $0.params.integer("generation")) })
            { writer, found in
                writer.run("run", found.view)
                writer.payload("input", found.payloads.input)
                writer.payload("output", found.payloads.output)
                writer.payload("error", found.payloads.error)
                writer.object("usage") { $0.sums(found.usage) }
                writer.counts("steps", found.steps)
                if !found.recordings.isEmpty { writer.recordings("recordings", found.recordings) }
                writer.member("traceparent", found.traceparent)
                writer.member("checkpoint", found.checkpoint)
                writer.member("state", found.state)
                writer.budget("budget", found.budget)
                if let lineage = found.lineage { writer.object("forked_from") { $0.members(of: lineage) } }
                if !found.forks.isEmpty { writer.member("forks", found.forks) }
            },
            "run.list": .read(list) {
                writer, found in
                writer.list("runs", found.runs) { $0.run($1) }
                writer.member("more", found.cursor.map(String.init))
            },
            "run.result": .write({
                RunResult(run: $0.required("run"), waitMilliseconds: $0.params.count("wait_ms"))
            }) { writer, found in
                writer.member("status", found.status.rawValue)
                writer.payload("output", found.payloads.output)
                writer.payload("error", found.payloads.error)
            },
            "run.complete": .change { CompleteRun(proof: $0.proof, output: $0.payload("output")) },
            "run.fail": .command { request in
                let fail = FailRun(
                    proof: request.proof, error: request.payload("error"), cause: request.attemptError,
                    attempt: request.params.integer("attempt"), undoesFirst: request.params.flag("undoes"))
                return { store, context in
                    let failed = try fail.perform(store, &context)
                    let view = try RunView(failed.run, store)
                    return .done(
                        result { writer in
                            writer.run("run", view)
                            writer.member("retry", failed.delay != nil)
                            writer.member("delay_ms", failed.delay)
                            writer.member("attempt", failed.run.attempt)
                            if failed.isToUndo { writer.member("undo", true) }
                        })
                }
            },
            "run.release": .change { ReleaseRun(proof: $0.proof) },
            "run.pause": .change { PauseRun(run: $0.required("run")) },
            "run.unpause": .change { UnpauseRun(run: $0.required("run")) },
            "run.suspend": .write({ SuspendRun(proof: $0.proof, steps: $0.params.strings("steps")) }) {
                writer, done in
                writer.run("run", done.view)
                writer.member("suspended", done.ready.isEmpty)
                writer.member("ready", done.ready)
            },
            "run.cancel": .change { request in
                var cancel = CancelRun(
                    run: request.required("run"), reason: request.params.string("reason"),
                    graceMilliseconds: request.params.count("grace_ms"))
                cancel.kills = request.params.flag("kill")
                return cancel
            },
            "run.delete": .write({ DeleteRun(run: $0.required("run")) }) { $0.member("deleted", $1) },
            "run.update": .write({ request in
                var update = UpdateRun(
                    run: request.required("run"), tags: tags(request), metadata: request.payload("metadata"),
                    deadline: request.instant("deadline_at"))
                update.budget = request.budget("budget")
                return update
            }) { $0.run("run", $1) },
            "run.history": .read({
                RunHistory(
                    run: $0.required("run"), after: $0.params.count("after"),
                    limit: $0.limit)
            }) { writer, page in
                writer.list("entries", page.items) { write($1, &$0) }
                writer.member("more", page.hasMore ? page.items.last?.sequence : nil)
            },
            "run.explain": .read({ ExplainRun(run: $0.required("run")) }) { writer, found in
                writer.run("run", found.view)
                writer.member("reasons", found.reasons.map(\.rawValue))
                writer.member("sentences", found.sentences)
                writer.member("next", found.next)
                writer.member("command", found.command)
                writer.member("unknown_steps", found.unknownSteps)
                writer.member("running_steps", found.runningSteps)
                if let act = found.lastAct { writer.object("last_act") { write(act, &$0) } }
                writer.member("last_end", found.lastEnd)
                writer.member("place", found.place)
            },
        ]
    }

    private static func write(_ act: ExplainRun.LastAct, _ writer: inout JSONWriter) {
        writer.member("kind", act.kind)
        writer.member("at", act.at.milliseconds)
        writer.object("by") { writer in
            writer.member("uid", act.user)
            writer.member("pid", act.process)
        }
    }

    static func tags(_ request: Request) -> [(name: String, value: String?)] {
        (request.params.stringMap("tags") ?? []).map { (name: $0.0, value: $0.1) }
    }

    /// The runs that a filter of the wire means.
    static func list(_ request: Request) throws -> ListRuns {
        var list = ListRuns(filter: try filter(request), parent: request.params.string("parent"))
        list.newerThan = request.params.integer("newer_than_ms")
        list.olderThan = request.params.integer("older_than_ms")
        return list
    }

    private static func filter(_ request: Request) throws -> RunFilter {
        let params = request.params
        var filter = RunFilter(user: request.user)
        filter.workflow = params.string("workflow")
        filter.status = params.string("status").flatMap(RunStatus.init(rawValue:))
        filter.isOpen = params.flag("open")
        filter.tags = (params.stringMap("tag") ?? []).map { (name: $0.0, value: $0.1 ?? "") }
        filter.createdAfter = request.instant("created_after")
        filter.createdBefore = request.instant("created_before")
        filter.text = params.string("text")
        filter.before = try cursor(params)
        filter.limit = request.limit
        return filter
    }

    /// A cursor of ours is a number; another text is the caller's mistake.
    static func cursor(_ params: Params) throws -> Int64? {
        guard let text = params.string("cursor") else { return nil }
        if let number = Int64(text) { return number }
        throw Failure(
            .invalidArgument, "`cursor` is none that this method returned",
            hint: "Pass `more` of the page before, or leave it out.")
    }

    private static func write(_ entry: JournalEntry, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("sequence", entry.sequence)
        writer.instant("at", entry.at)
        writer.member("kind", entry.kind)
        writer.member("step", entry.step)
        writer.member("attempt", entry.attempt)
        writer.payload("detail", entry.detail)
        writer.endObject()
    }
}
