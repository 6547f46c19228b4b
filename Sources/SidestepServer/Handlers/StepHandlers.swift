import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum StepHandlers {
    static var all: [String: Handler] {
        let (run, begun) = (BeginPlaces("run-step"), BeginPlaces("step.begin"))
        let completed = CompletePlaces("step.complete")
        return [
            "run-step": .command { request in
                if let work = try ExecutionHandlers.work(request) {
                    var begin = begin(request, run)
                    begin.work = work
                    return Handler.work(begin, write)
                }
                if request.params.boolean("client") == true {
                    return Handler.work(begin(request, run), write)
                }
                return WaitHandlers.work(try sleep(request))
            },
            "step.begin": .begin({ begin($0, begun) }) { Handler.work($0, write) },
            "step.complete": .ending({ complete($0, completed) }) { writer, _, step in
                writer.member("step", step.name)
                writer.member("attempt", step.attempt)
            },
            "step.fail": .ending(fail) { write(&$0, $1.step, $2) },
            "step.heartbeat": .write({
                HeartbeatStep(
                    proof: $0.proof, step: $0.required("step"), attempt: $0.params.integer("attempt"),
                    details: $0.payload("details"))
            }) { _, _ in },
            "step.get": .read({ GetStep(run: $0.required("run"), step: $0.required("step")) }) {
                $0.members(of: $1)
            },
            "step.list": .read({ request in
                ListSteps(
                    run: request.required("run"), after: try RunHandlers.cursor(request.params),
                    status: request.params.string("status").flatMap(StepStatus.init(rawValue:)),
                    limit: request.limit, maxBytes: request.pageBytes())
            }) { writer, page in
                writer.page("steps", page, cursor: { String($0.step.sequence) }) { writer, outcome in
                    writer.object { $0.members(of: outcome) }
                }
            },
            "step.inflight": .read({
                InflightSteps(
                    includesRunning: $0.params.flag("all"), limit: $0.limit)
            }) { writer, found in
                writer.array("steps") { writer in
                    for (run, step) in found {
                        writer.object { writer in
                            writer.member("run", run.id)
                            writer.member("workflow", run.workflow)
                            writer.members(of: StepOutcome(step: step, output: nil, error: nil))
                        }
                    }
                }
            },
            "step.resolve": .write({ request in
                ResolveStep(
                    run: request.required("run"), step: request.required("step"),
                    resolution: resolution(request))
            }) { $0.members(of: $1) },
        ]
    }

    /// A durable sleep: a wait that only time ends.
    private static func sleep(_ request: Request) throws -> AwaitStep {
        let end = try WaitHandlers.end(after: request.params.integer("sleep_ms"), "sleep_ms", request)
        guard let end else {
            throw Failure(
                .invalidArgument, "nothing says what the step does", step: request.params.string("step"),
                hint: """
                    Pass client: true and execute the body yourself, exec or http to have it done, or sleep_ms or \
                    until_at to sleep.
                    """)
        }
        var sleep = AwaitStep(proof: request.proof, step: request.required("step"))
        sleep.end = end
        sleep.waitMilliseconds = request.params.integer("wait_ms")
        return sleep
    }

    private static func begin(_ request: Request, _ places: BeginPlaces) -> BeginStep {
        let params = request.params
        var begin = BeginStep(proof: request.proof, step: request.required(places.step))
        begin.fingerprint = params[places.fingerprint]?.string
        begin.atMostOnce = params[places.atMostOnce]?.bool == true
        begin.retry = params[places.retry]?.bytes
        begin.metadata = params[places.metadata]?.bytes
        begin.limit = params[places.limit]?.string
        begin.breaker = params[places.breaker]?.string
        begin.reserve = params[places.reserve].map(Amounts.init(reserve:))
        begin.waitMilliseconds = params[places.wait]?.integer
        begin.isCompensation = params[places.compensation]?.bool == true
        if let timeouts = params.object(places.timeouts) {
            begin.timeouts = Timeouts(
                startToClose: timeouts.integer("start_to_close_ms"),
                scheduleToClose: timeouts.integer("schedule_to_close_ms"),
                heartbeat: timeouts.integer("heartbeat_ms"))
        }
        return begin
    }

    private static func write(_ writer: inout JSONWriter, _ begun: BeginStep.Result) {
        switch begun {
        case .completed(let outcome, let isReplay): completed(outcome, &writer, isReplay: isReplay)
        // The caller waits on; what it gets is written when it is performed again.
        case .execute(let step, let key, let delay, let traceparent):
            writer.member("status", "execute")
            writer.member("step", step.name)
            writer.member("attempt", step.attempt)
            writer.member("idempotency_key", key)
            if delay > 0 { writer.member("delay_ms", delay) }
            writer.member("traceparent", traceparent)
        }
    }

    static func completed(_ outcome: StepOutcome, _ writer: inout JSONWriter, isReplay: Bool = true) {
        writer.member("status", "completed")
        writer.member("step", outcome.step.name)
        writer.payload("output", outcome.output)
        writer.member("attempt", outcome.step.attempt)
        writer.member("replayed", isReplay)
    }

    private static func complete(
        _ request: Request, _ places: CompletePlaces
    ) -> CompleteStep {
        let params = request.params
        var complete = CompleteStep(proof: request.proof, step: request.required(places.step))
        complete.output = params[places.output]?.bytes
        complete.attempt = params[places.attempt]?.integer
        complete.fingerprint = params[places.fingerprint]?.string
        complete.usage = params[places.usage]?.bytes
        complete.metadata = params[places.metadata]?.bytes
        complete.started = params[places.started]?.integer.map(Instant.init(milliseconds:))
        return complete
    }

    private static func fail(_ request: Request) -> FailStep {
        var fail = FailStep(proof: request.proof, step: request.required("step"))
        fail.error = request.payload("error")
        fail.attempt = request.params.integer("attempt")
        fail.cause = request.attemptError
        fail.retry = request.payload("retry")
        fail.usage = request.payload("usage")
        fail.fingerprint = request.params.string("fingerprint")
        return fail
    }

    private static func write(_ writer: inout JSONWriter, _ step: String, _ failed: FailStep.Result) {
        writer.member("step", step)
        writer.member("retry", failed.delay != nil)
        writer.member("delay_ms", failed.delay)
        writer.member("attempt", failed.attempt)
        writer.instant("next_attempt_at", failed.nextAttempt)
    }

    private static func resolution(_ request: Request) -> ResolveStep.Resolution {
        switch request.required("as") {
        case "completed": .completed(request.payload("output"))
        case "failed": .failed(request.payload("error"))
        default: .rerun
        }
    }
}

extension JSONWriter {
    /// An object as an element of an array.
    mutating func object(_ write: (inout JSONWriter) -> Void) {
        beginObject()
        write(&self)
        endObject()
    }
}
