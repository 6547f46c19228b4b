import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum RetentionHandlers {
    static var all: [String: Handler] {
        [
            "run.prune": .command { request in
                let filter = PruneFilter(
                    before: request.instant("before"), workflow: request.params.string("workflow"),
                    status: status(request))
                if request.params.boolean("dry_run") == true { return rehearse(filter) }
                return Handler.work(PruneRuns(filter: filter), write)
            },
            "retention.put": .write(
                { request in
                    PutRetention(
                        workflow: request.params.string("workflow"), status: status(request),
                        keep: try keep(request.params))
                }, write),
            "retention.list": .read({ _ in ListRetention() }, write),
        ]
    }

    private static func status(_ request: Request) -> RunStatus? {
        request.params.string("status").flatMap(RunStatus.init(rawValue:))
    }

    /// Many payloads may have to be read: in a snapshot, not while the writer waits.
    private static func rehearse(_ filter: PruneFilter) -> Call.Work {
        { _, context in
            let context = context
            return .reading { store in
                let found = try PruneRehearsal(filter: filter).answer(store, context)
                return result { write(&$0, found) }
            }
        }
    }

    private static func keep(_ params: Params) throws -> RetentionRule.Keep? {
        let span = params.integer("keep_ms").map(RetentionRule.Keep.milliseconds)
        guard params.boolean("forever") == true else { return span }
        if span == nil { return .forever }
        throw Failure(
            .invalidArgument, "`forever` stands beside `keep_ms`",
            hint: "Pass one of them; neither removes the rule.")
    }

    private static func write(_ writer: inout JSONWriter, _ pruned: Pruned) {
        writer.member("runs", pruned.runs)
        writer.member("bytes", pruned.bytes)
        if pruned.isEstimate { writer.member("estimate", true) }
        writer.member("more", pruned.hasMore)
    }

    private static func write(_ writer: inout JSONWriter, _ policy: RetentionPolicy) {
        writer.array("rules") { writer in
            for rule in policy.rules {
                writer.object { writer in
                    writer.member("workflow", rule.workflow)
                    writer.member("status", rule.status?.rawValue)
                    writer.member("keep_ms", milliseconds(rule.keep))
                }
            }
        }
        writer.member("default_keep_ms", milliseconds(policy.standard))
    }

    private static func milliseconds(_ keep: RetentionRule.Keep) -> Int64? {
        if case .milliseconds(let span) = keep { return span }
        return nil
    }
}
