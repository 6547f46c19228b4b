import SidestepModel
import SidestepProtocol
import SidestepStore

/// What a step asks for before it begins: all of it, or it does not begin.
struct Demand {
    var limit: String?
    var breaker: String?
    /// What it sets aside of budgets; nil when it pays for nothing.
    var reserve: Amounts?
    var waitMilliseconds: Int64?

    var isEmpty: Bool { limit == nil && breaker == nil && reserve == nil }
}

/// What a step was given: written together with its beginning.
struct Admission {
    var limit: LimitRecord?
    var breaker: BreakerRecord?
    var isProbe = false
    var reserve = Amounts()
}

extension StoreTransaction {
    /// Finds out whether a step may begin.
    ///
    /// - Throws: `circuit_open`, `rate_limited`, or `Wait` until there is room. The budget comes first and is looked at
    ///   by the caller, since its refusal changes the run.
    func admit(
        _ demand: Demand, _ step: String, of run: RunRecord, _ call: inout CallContext
    ) throws -> Admission {
        var admission = Admission(reserve: demand.reserve ?? Amounts())
        if let name = demand.breaker {
            (admission.breaker, admission.isProbe) = try pass(name, step, run, &call)
        }
        if let name = demand.limit {
            admission.limit = try take(name, step, run, demand.waitMilliseconds, call)
        }
        return admission
    }

    private func pass(
        _ name: String, _ step: String, _ run: RunRecord, _ call: inout CallContext
    ) throws -> (BreakerRecord, isProbe: Bool) {
        var record =
            try breaker(user: run.userID, name: name)
            ?? BreakerRecord(userID: Int64(run.userID), name: name, breaker: Breaker())
        let admission = record.breaker.admit(at: call.now)
        switch admission {
        case .allowed, .probe:
            call.found(.stepAdmitted(run: run.key))
            return (record, admission == .probe)
        case .refused(let delay):
            call.found(.stepRefused(RefusedStep(run: run.key, step: step, breaker: name)))
            throw Failure(
                .circuitOpen, "breaker '\(name)' is open after \(record.breaker.failures) failures in a row",
                run: run.id, step: step,
                hint: "Try again later, or close it: \(ShellText.sidestep("breaker reset", name))"
            ).with(\.retryAfterMilliseconds, delay).with(\.limit, name)
        }
    }

    /// Takes a place and a token of a limit, or waits for them.
    private func take(
        _ name: String, _ step: String, _ run: RunRecord, _ wait: Int64?, _ call: CallContext
    ) throws -> LimitRecord {
        guard var record = try limit(user: run.userID, name: name) else {
            throw Failure(
                .invalidArgument, "there is no limit '\(name)'", run: run.id, step: step,
                hint: "Put it first: " + ShellText.sidestep("limit put", name, options: ["--rate", "60/min"]))
        }
        if let concurrency = record.concurrency, try holders(limit: record.key) >= concurrency {
            throw try full(record, again: nil, step, run, wait, call)
        }
        if let rate = record.rate, let again = record.bucket.take(rate, at: call.now) {
            throw try full(record, again: again, step, run, wait, call)
        }
        return record
    }

    private func full(
        _ limit: LimitRecord, again: Instant?, _ step: String, _ run: RunRecord, _ wait: Int64?,
        _ call: CallContext
    ) throws -> any Error {
        if call.waitExpired || wait == 0 {
            return Failure(
                .rateLimited, "limit '\(limit.name)' lets no more through now", run: run.id, step: step,
                hint: "Wait and send the call again, or raise the limit."
            ).with(\.limit, limit.name)
                .with(\.retryAfterMilliseconds, again.map { max(1, $0.milliseconds(since: call.now)) })
        }
        var parking = Wait(
            [.limit(limit.key), .run(run.key)],
            until: wait.map { call.arrived.advanced(byMilliseconds: $0) }, again: again)
        parking.step = ParkedStep(run: run.key, step: step, limit: limit.key)
        return parking
    }

    /// Writes what a step was given; the step itself is in the store already.
    func keep(_ admission: Admission, step: StepRecord, of run: RunRecord) throws {
        var hold = Hold(step: step.key, run: run.key)
        if let limit = admission.limit {
            hold.limit = limit.key
            if limit.rate != nil { try saveLimit(limit) }
        }
        if var record = admission.breaker {
            if admission.isProbe { record.probe = step.key }
            if admission.isProbe || record.key == 0 { try saveBreaker(record) }
            hold.breaker = try breaker(user: run.userID, name: record.name)?.key
        }
        hold.reserved = admission.reserve
        try insertHold(hold, epoch: run.epoch)
        try spend(Amounts(), reserving: admission.reserve, of: run)
    }
}
