import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum WaitHandlers {
    static var all: [String: Handler] {
        [
            "signal.send": .write(send) { writer, sent in
                writer.member("run", sent.run)
                writer.member("signal", sent.signal.name)
                writer.member("message_id", sent.signal.messageID)
                writer.member("duplicate", sent.isDuplicate)
            },
            "signal.wait": .command { request in
                let name = request.required("signal")
                return work(try wait(request, step: "signal:\(name)", [WaitCondition(.signal, name)]))
            },
            "signal.list": .read({ request in
                ListSignals(
                    run: request.required("run"), signal: request.params.string("signal"),
                    includesConsumed: request.params.flag("all"),
                    after: try RunHandlers.cursor(request.params) ?? 0, limit: request.limit)
            }) { writer, page in
                writer.page("signals", page, cursor: { String($0.key) }) { writer, signal in
                    writer.object { $0.members(of: signal) }
                }
            },
            "promise.create": .write({
                CreatePromise(
                    proof: $0.proof, promise: $0.required("promise"), metadata: $0.payload("metadata"))
            }) { $0.members(of: $1) },
            "promise.resolve": .write({ settle($0, .resolved($0.payload("value"))) }, write),
            "promise.reject": .write({ settle($0, .rejected($0.payload("error"))) }, write),
            "promise.wait": .command { request in
                let name = request.required("promise")
                return work(try wait(request, step: "promise:\(name)", [WaitCondition(.promise, name)]))
            },
            "promise.list": .read({
                ListPromises(
                    run: $0.required("run"),
                    status: $0.params.string("status").flatMap(PromiseRecord.Status.init(rawValue:)))
            }) { writer, promises in
                writer.list("promises", promises) { writer, promise in
                    writer.object { $0.members(of: promise) }
                }
            },
            "wait.first": .command { work(try wait($0, step: nil, conditions($0))) },
            "wait.cancel": .command { request in
                let step = request.required("step")
                return Handler.work(GiveUpWait(proof: request.proof, step: step)) { writer, cancelled in
                    writer.member("step", step)
                    writer.member("cancelled", cancelled)
                }
            },
            "timer.list": .read({
                ListTimers(run: $0.params.string("run"), limit: $0.limit)
            }) { writer, timers in
                writer.list("timers", timers) { write($1, &$0) }
            },
        ]
    }

    /// A wait as `signal.wait`, `promise.wait`, `wait.first` and `run-step` with a time ask for it.
    static func wait(
        _ request: Request, step: String?, _ conditions: [WaitCondition]
    ) throws -> AwaitStep {
        var wait = AwaitStep(
            proof: request.proof, step: request.params.string("step") ?? step ?? request.required("step"))
        wait.conditions = conditions
        wait.waitMilliseconds = request.params.integer("wait_ms")
        wait.end = try end(after: request.params.integer("timeout_ms"), "timeout_ms", request)
        return wait
    }

    static func end(after span: Int64?, _ name: String, _ request: Request) throws -> WaitEnd? {
        guard let date = request.instant("until_at") else { return span.map { .after($0) } }
        guard span == nil else {
            throw Failure(
                .invalidArgument, "`\(name)` and `until_at` both say when the wait ends",
                hint: "Send one of them.")
        }
        return .at(date)
    }

    /// A wait answers with the outcome of its step, now or when it is over.
    static func work(_ wait: AwaitStep) -> Call.Work {
        { store, context in
            context.onStep = text
            return .done(text(try wait.perform(store, &context)))
        }
    }

    private static func text(_ outcome: StepOutcome) -> [UInt8] {
        result { StepHandlers.completed(outcome, &$0) }
    }

    private static func send(_ request: Request) -> SendSignal {
        var send = SendSignal(run: request.required("run"), signal: request.required("signal"))
        send.value = request.payload("value")
        send.messageID = request.params.string("message_id")
        send.mayPrecede = request.params.flag("create")
        return send
    }

    private static func settle(_ request: Request, _ outcome: SettlePromise.Outcome) -> SettlePromise {
        SettlePromise(
            run: request.required("run"), promise: request.required("promise"), outcome: outcome)
    }

    private static func write(_ writer: inout JSONWriter, _ settled: SettlePromise.Result) {
        writer.member("run", settled.run)
        writer.members(of: settled.promise)
        writer.member("settled", settled.settled)
    }

    private static func write(_ timer: (run: RunRecord, step: StepRecord), _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("run", timer.run.id)
            writer.member("step", timer.step.name)
            writer.instant("due_at", timer.step.attemptDeadline)
        }
    }

    private static func conditions(_ request: Request) throws -> [WaitCondition] {
        var known: Set<String> = []
        return try (request.params.array("any") ?? []).map { item in
            let named = item.members.compactMap { member in
                member.value.string.flatMap { name in
                    WaitCondition.Kind(rawValue: member.key).map { WaitCondition($0, name) }
                }
            }
            guard named.count == 1 else {
                throw Failure(
                    .invalidArgument, "each of `any` names one signal, promise or run",
                    hint: #"Send, for example, [{"signal": "approve"}, {"run": "child-1"}]."#)
            }
            guard known.insert("\(named[0].kind.rawValue) \(named[0].name)").inserted else {
                throw Failure(
                    .invalidArgument, "`any` names a \(named[0].kind.rawValue) twice", hint: "Name it once.")
            }
            return named[0]
        }
    }
}

extension JSONWriter {
    mutating func members(of signal: SignalRecord) {
        member("signal", signal.name)
        payload("value", signal.value)
        member("message_id", signal.messageID)
        instant("sent_at", signal.sent)
        member("uid", Int64(signal.userID))
        member("consumed_by", signal.consumedBy)
        instant("consumed_at", signal.consumed)
    }

    mutating func members(of promise: PromiseRecord) {
        member("promise", promise.name)
        member("status", promise.status.rawValue)
        payload("value", promise.value)
        payload("error", promise.error)
        payload("metadata", promise.metadata)
        instant("created_at", promise.created)
        instant("settled_at", promise.settled)
        member("settled_by", promise.settledBy.map(Int64.init))
    }
}
