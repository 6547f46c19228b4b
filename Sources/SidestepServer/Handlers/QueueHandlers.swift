import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum QueueHandlers {
    static var all: [String: Handler] {
        [
            "run.enqueue": .write(enqueue) { writer, done in
                writer.run("run", done.view)
                writer.member("created", done.created)
            },
            "queue.put": .write(put) { $0.queue("queue", $1) },
            "queue.get": .read({ GetQueue(queue: $0.required("queue")) }) { $0.queue("queue", $1) },
            "queue.list": .read({ _ in ListQueues() }) { writer, queues in
                writer.list("queues", queues) { $0.queue($1) }
            },
            "queue.pause": .write({
                PauseQueue(queue: $0.required("queue"), isPaused: $0.params.flag("paused"))
            }) { $0.queue("queue", $1) },
            "worker.claim": .command { request in
                let claim = try claim(request)
                let wantsSteps = request.params.text("steps") == "all"
                let bytes = request.pageBytes()
                return { store, context in
                    guard let claimed = try claim.perform(store, &context) else {
                        return .done(result { $0.member("claimed", false) })
                    }
                    guard wantsSteps else {
                        return .done(
                            ResumeHandler.text(claimed.granted, nil, input: claimed.input, isClaim: true))
                    }
                    return .reading(
                        ResumeHandler.withSteps(claimed.granted, bytes, input: claimed.input, isClaim: true))
                }
            },
            "worker.list": .read({ _ in ListWorkers() }) { writer, workers in
                writer.list("workers", workers) { write($1, &$0) }
            },
        ]
    }

    private static func enqueue(_ request: Request) throws -> EnqueueRun {
        let params = request.params
        var new = NewRun(workflow: request.required("workflow"))
        new.terms = request.terms
        new.placement.queue = params.text("queue")
        new.placement.priority = params.count("priority")
        new.placement.concurrencyKey = params.string("concurrency_key")
        new.placement.dedupKey = params.string("dedup_key")
        new.placement.pinnedVersion = params.string("code_version")
        new.delay = params.integer("delay_ms")
        new.startsAt = request.instant("start_at")
        new.startWithin = params.integer("schedule_to_start_ms")
        if new.delay != nil, new.startsAt != nil {
            throw Failure(
                .invalidArgument, "`delay_ms` and `start_at` both say when the run may begin",
                hint: "Send one of them.")
        }
        var enqueue = EnqueueRun(run: params.string("run"), new: new)
        enqueue.ifClosed = params.word("if_closed")
        enqueue.ifDuplicate = params.word("if_duplicate")
        return enqueue
    }

    private static func put(_ request: Request) -> PutQueue {
        var put = PutQueue(queue: request.required("queue"))
        put.concurrency = request.params.integer("concurrency")
        put.keyConcurrency = request.params.integer("key_concurrency")
        put.rate = request.rate("rate")
        return put
    }

    private static func claim(_ request: Request) throws -> ClaimRun {
        let workflows = request.params.texts("workflows")
        let queues = request.params.texts("queues")
        for (name, list) in [("workflows", workflows), ("queues", queues)] {
            guard !list.isEmpty else {
                throw Failure(
                    .invalidArgument, "`\(name)` is empty", hint: "Name what this worker has code for.")
            }
        }
        var claim = ClaimRun(workflows: workflows, queues: queues, owner: try ResumeHandler.owner(request))
        claim.codeVersion = request.params.string("code_version")
        claim.worker = request.params.string("worker")
        claim.waitMilliseconds = request.params.count("wait_ms")
        return claim
    }

    private static func write(_ worker: ListWorkers.Worker, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("worker", worker.record.name)
            writer.member("pid", Int64(worker.record.peer.process.pid))
            writer.member("uid", Int64(worker.record.peer.uid))
            writer.member("workflows", worker.record.workflows)
            writer.member("queues", worker.record.queues)
            writer.member("code_version", worker.record.codeVersion)
            writer.instant("since_at", worker.record.since)
            writer.member("runs", worker.runs)
        }
    }
}

extension Request {
    /// A rate as the contract describes it.
    func rate(_ name: String) -> Rate? {
        guard let rate = params.object(name), let count = rate.integer("count"),
            let span = rate.integer("per_ms")
        else { return nil }
        return Rate(count: count, milliseconds: span, burst: rate.integer("burst"))
    }
}

extension JSONWriter {
    mutating func queue(_ name: String, _ view: QueueView) {
        key(name)
        queue(view)
    }

    mutating func queue(_ view: QueueView) {
        beginObject()
        member("queue", view.queue.name)
        member("user", Int64(view.queue.userID))
        member("paused", view.queue.isPaused)
        member("concurrency", view.queue.concurrency)
        member("key_concurrency", view.queue.keyConcurrency)
        rate("rate", view.queue.rate)
        member("queued", view.waiting)
        member("running", view.running)
        endObject()
    }

    mutating func rate(_ name: String, _ rate: Rate?) {
        guard let rate else { return }
        object(name) { writer in
            writer.member("count", rate.count)
            writer.member("per_ms", rate.milliseconds)
            writer.member("burst", rate.burst)
        }
    }
}
