import SidestepModel

/// Something came for one of those who waited for `topic` when the last of them had `ticket`.
struct Offer {
    let topic: Topic
    let ticket: Int64
}

extension Coordinator {
    func park(_ call: Call, _ wait: Wait) {
        // Its connection closed while the writer had it: nobody waits for the answer any more.
        guard call.peer.isDaemon || environment.isOpen(call.session) else {
            return call.answer(.failure(.connectionClosed))
        }
        // The daemon may have refused those who wait while the writer had this one.
        if isLeaving || wait.progress != nil { return call.answer(.failure(.leaving)) }
        if call.isCancelled { return call.answer(.failure(.requestCancelled)) }
        call.hasParked = true
        if topics?.hasMissed(wait.topics, since: call.setOut) == true { return resubmit(call) }
        let id = ObjectIdentifier(call)
        let timer = [wait.until, wait.again].compactMap(\.self).min().map { moment in
            let delay = max(0, moment.milliseconds(since: environment.clock.now()))
            return loop.schedule(afterMilliseconds: delay) { self.expire(id, isFinal: moment == wait.until) }
        }
        parked.insert(call, wait.topics, timer: timer)
        if let step = wait.step { call.park(step) }
        guard let process = wait.ending, let refusal = end(process) else { return }
        parked.remove(id)?.answer(.failure(refusal))
    }

    private func expire(_ id: ObjectIdentifier, isFinal: Bool) {
        guard let call = parked.remove(id) else { return }
        call.waitExpired = isFinal
        resubmit(call)
    }

    func wake(_ topic: Topic) {
        topics?.wake(topic)
        for call in parked.take(topic) { resubmit(call) }
    }

    /// Ends a request that waits. What was granted to it before is on its way, and its caller's to give back.
    func cancel(_ request: ArraySlice<UInt8>, of session: Int64) {
        if let call = parked.take(session: session, request: request) {
            return call.answer(.failure(.requestCancelled))
        }
        awake[session]?.values.first { $0.request == request }?.isCancelled = true
    }

    /// A call that was woken has been performed.
    func fellAsleep(_ call: Call) {
        awake[call.session]?[ObjectIdentifier(call)] = nil
        if awake[call.session]?.isEmpty == true { awake[call.session] = nil }
    }

    /// Answers those who wait for what is given up.
    func giveUp(_ topic: Topic) {
        topics?.wake(topic)
        for call in parked.take(topic) { call.answer(.failure(.requestCancelled)) }
    }

    /// Answers those who opened this wait; who came later looks for itself.
    func settle(_ outcome: StepOutcome) {
        let topic = Topic.step(outcome.step.run, outcome.step.name)
        topics?.wake(topic)
        for call in parked.take(topic) {
            if let onStep = call.onStep {
                call.answer(.success(onStep(outcome)))
            } else {
                resubmit(call)
            }
        }
    }

    /// Gives the first of those who wait the chance to take what came;
    /// it hands the offer on when it parks again.
    func offer(_ topic: Topic) {
        topics?.wake(topic)
        offer(Offer(topic: topic, ticket: parked.lastTicket))
    }

    func offer(_ offer: Offer) {
        guard let call = parked.takeFirst(offer.topic, until: offer.ticket) else { return }
        call.offer = offer
        resubmit(call)
    }

    /// Asks a process to end, and ends it if it does not.
    ///
    /// - Returns: why the daemon cannot, if so.
    func end(_ process: ProcessIdentity) -> Failure? {
        if case .refused(let reason) = processes.signal(process, 15) { return .cannotEnd(process, reason) }
        _ = loop.schedule(afterMilliseconds: environment.settings.killGraceMilliseconds) { [processes] in
            _ = processes.signal(process, 9)
        }
        return nil
    }

    /// Refuses every waiting call; the daemon is leaving.
    public func refuseParked() {
        isLeaving = true
        for call in parked.takeAll() { call.answer(.failure(.leaving)) }
    }
}
