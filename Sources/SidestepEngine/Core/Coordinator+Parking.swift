import SidestepModel

/// Calls that wait, by what they wait for.
struct ParkedCalls {
    private struct Entry {
        let call: Call
        let topics: [Topic]
        let timer: (any LoopTimer)?
        /// Grows with every parking: who parked before an offer has a smaller one.
        let ticket: Int64
    }

    private var calls: [ObjectIdentifier: Entry] = [:]
    private var byTopic: [Topic: [ObjectIdentifier]] = [:]
    private(set) var lastTicket: Int64 = 0

    mutating func insert(_ call: Call, _ topics: [Topic], timer: (any LoopTimer)?) {
        let id = ObjectIdentifier(call)
        lastTicket += 1
        calls[id] = Entry(call: call, topics: topics, timer: timer, ticket: lastTicket)
        for topic in topics { byTopic[topic, default: []].append(id) }
    }

    /// Takes out the first call that waits for `topic` since before `ticket`.
    mutating func takeFirst(_ topic: Topic, until ticket: Int64) -> Call? {
        guard let first = byTopic[topic]?.first, let entry = calls[first], entry.ticket <= ticket else {
            return nil
        }
        return remove(first)
    }

    mutating func remove(_ id: ObjectIdentifier) -> Call? {
        guard let entry = calls.removeValue(forKey: id) else { return nil }
        entry.timer?.cancel()
        for topic in entry.topics {
            byTopic[topic]?.removeAll { $0 == id }
            if byTopic[topic]?.isEmpty == true { byTopic[topic] = nil }
        }
        return entry.call
    }

    /// Takes out all calls that wait for `topic`, in the order in which they came.
    mutating func take(_ topic: Topic) -> [Call] { (byTopic[topic] ?? []).compactMap { remove($0) } }

    /// Takes out all calls that meet a condition.
    mutating func take(where condition: (Call) -> Bool) -> [Call] {
        calls.filter { condition($0.value.call) }.keys.compactMap { remove($0) }
    }

    mutating func takeAll() -> [Call] { Array(calls.keys).compactMap { remove($0) } }
}

/// Something came for one of those who waited for `topic` when the last of them had `ticket`.
struct Offer {
    let topic: Topic
    let ticket: Int64
}

extension Coordinator {
    func park(_ call: Call, _ wait: Wait) {
        let id = ObjectIdentifier(call)
        let timer = [wait.until, wait.again].compactMap(\.self).min().map { moment in
            let delay = max(0, moment.milliseconds(since: environment.clock.now()))
            return loop.schedule(afterMilliseconds: delay) { self.expire(id, isFinal: moment == wait.until) }
        }
        parked.insert(call, wait.topics, timer: timer)
        if let step = wait.step { call.park(step) }
        if let process = wait.ending { end(process) }
    }

    private func expire(_ id: ObjectIdentifier, isFinal: Bool) {
        guard let call = parked.remove(id) else { return }
        call.waitExpired = isFinal
        submit([call])
    }

    func wake(_ topic: Topic) {
        for call in parked.take(topic) { resubmit(call) }
    }

    /// Answers those who opened this wait; who came later looks for itself.
    func settle(_ outcome: StepOutcome) {
        for call in parked.take(.step(outcome.step.run, outcome.step.name)) {
            if let onStep = call.onStep {
                call.answer(.success(onStep(outcome)))
            } else {
                resubmit(call)
            }
        }
    }

    /// Gives the first of those who wait the chance to take what came;
    /// it hands the offer on when it parks again.
    func offer(_ topic: Topic) { offer(Offer(topic: topic, ticket: parked.lastTicket)) }

    func offer(_ offer: Offer) {
        guard let call = parked.takeFirst(offer.topic, until: offer.ticket) else { return }
        call.offer = offer
        resubmit(call)
    }

    /// Asks a process to end, and ends it if it does not.
    func end(_ process: ProcessIdentity) {
        processes.signal(process, 15)
        _ = loop.schedule(afterMilliseconds: environment.settings.killGraceMilliseconds) { [processes] in
            processes.signal(process, 9)
        }
    }

    /// Refuses every waiting call; the daemon is leaving.
    public func refuseParked() {
        for call in parked.takeAll() {
            call.answer(
                .failure(
                    Failure(
                        .shuttingDown, "the daemon is shutting down",
                        hint: "Connect again and send the call again.")))
        }
    }
}
