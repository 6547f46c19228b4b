import NIOCore
import Sidestep
import SidestepProtocol
import SidestepRecording

/// What answers a request: a recording, a call under way, or the provider.
extension RecorderCore {
    func serve(_ request: AgentRequest, by delivery: Delivery) {
        let endpoint = Endpoint.classify(
            method: request.method, path: request.target, unknown: options.unknown)
        if Endpoint.isHostedSession(request.target) {
            report.hosted.insert("\(request.method) \(request.pathWithoutSecrets)")
        }
        switch endpoint.treatment {
        case .refuse:
            delivery.reject(
                Rejection(.unsupported, "this path is not one that is recorded: --unknown record lets it in"))
        case .read(let read): self.read(request, read, by: delivery)
        case .pass where options.isCheck: refuseToSend(request, delivery)
        case .pass:
            report.passed += 1
            let call = PassedCall(request, self)
            delivery.follow(call.answer)
            call.send()
        case .record:
            report.calls += 1
            record(request, endpoint, by: delivery)
        }
    }

    private func record(_ request: AgentRequest, _ endpoint: Endpoint, by delivery: Delivery) {
        let recorded = options.isCheck ? request.bare : request.recorded
        let keys = CallKeys(of: recorded, secret: key, options: options.keys)
        let asking = Resolution.Asking(recorded, keys: keys)
        // A client that tries again may be there before we hear that it has left.
        noticeClients()
        if let call = beginning.first(where: {
            $0.keys.texts.first == keys.texts.first && $0.answer.deliveries.isEmpty
        }) {
            return delivery.follow(call.answer)
        }
        switch resolution.resolve(asking) {
        case .replay(let ticket, let rung): replay(ticket, rung, by: delivery)
        case .attach(let ticket, let rung): attach(ticket, rung, by: delivery)
        case .live(let expected):
            if options.isCheck { return drift(request, from: expected, delivery) }
            if fetch(request, recorded, endpoint, asking, keys, by: delivery) { return }
            if let expected, !diverge(request, from: expected, delivery) { return }
            let call = LiveCall(
                request, recorded, endpoint, asking, keys, injected: injected(into: recorded, endpoint), self)
            delivery.follow(call.answer)
            write(call, expected)
        }
    }

    // MARK: Recorded, or coming

    func replay(_ ticket: Resolution.Delivery, _ rung: Rung, by delivery: Delivery) {
        report.replayed += 1
        report.savedTokens &+= tokens[ticket.recording] ?? 0
        let answer = Answer()
        follow(answer, ticket, by: delivery)
        ledger.get(ticket.recording) { [self] outcome in
            switch outcome {
            case .failure(let error):
                resolution.broken(ticket)
                answer.end(
                    .refused(Rejection(.storageError, "the recording cannot be read: \(error.message)")))
            case .success(let found): give(found, answer, ticket, rung)
            }
        }
    }

    private func attach(_ ticket: Resolution.Delivery, _ rung: Rung, by delivery: Delivery) {
        guard let call = live[ticket.recording] else {
            resolution.broken(ticket)
            return delivery.reject(Rejection(.upstream, "the call ended a moment ago; ask again"))
        }
        report.attached += 1
        follow(call.answer, ticket, by: delivery)
    }

    private func follow(_ answer: Answer, _ ticket: Resolution.Delivery, by delivery: Delivery) {
        open[ObjectIdentifier(delivery)] = delivery
        delivery.follow(answer, ended: ending(ticket, delivery))
    }

    func ending(_ ticket: Resolution.Delivery, _ delivery: Delivery) -> (Bool) -> Void {
        let name = ObjectIdentifier(delivery)
        return { [weak self] isWhole in
            self?.open[name] = nil
            if isWhole { self?.resolution.delivered(ticket) } else { self?.resolution.broken(ticket) }
        }
    }

    // MARK: From the provider

    /// The program asks for what it did not ask for before; false where that is not to be paid for.
    private func diverge(_ request: AgentRequest, from expected: Int64, _ delivery: Delivery) -> Bool {
        report.drifted += 1
        if options.onDivergence == .live { return true }
        note(request.bare, insteadOf: expected)
        delivery.reject(
            Rejection(
                .divergence,
                "the request is none of those that were recorded; recording \(expected) was to be expected "
                    + "(--on-divergence fail)"))
        return false
    }

    private func injected(into request: RecordedRequest, _ endpoint: Endpoint) -> [UInt8]? {
        options.asksForUsage ? injection.body(of: request, api: endpoint.api) : nil
    }

    /// Writes a call down, and sends it.
    func write(_ call: LiveCall, _ expected: Int64?) {
        var reserve: Reservation?
        do throws(Reservation.Refusal) {
            reserve = try reservation(of: call)
        } catch {
            report.note("a call was refused: " + Self.message(error))
            return call.refuse(Rejection(.budgetExhausted, Self.message(error)))
        }
        beginning.append(call)
        writeDown(call, reserve, expected, keepsRequest: options.keepsRequests)
    }

    /// Without a budget, too: one may be set while the run goes on, and what became of a call that is lost is told
    /// by what was set aside for it. Only a hard budget refuses, where there is one.
    private func reservation(of call: LiveCall) throws(Reservation.Refusal) -> Reservation? {
        guard options.hasBudget || options.budgetMode == .soft else { return nil }
        return try Reservation.of(
            call.recorded, api: call.endpoint.api, mode: options.budgetMode, prices: options.prices,
            allowsUnknownPrices: options.allowsUnknownPrices)
    }

    private static func message(_ refusal: Reservation.Refusal) -> String {
        switch refusal {
        case .noOutputLimit:
            "the budget is a hard one, and the request does not say how much may come back: give it a limit of tokens"
        case .noPrice(let model):
            "there is no price of the model '\(model.prefix(100))': add it to the price file, or give "
                + "--unknown-price allow"
        }
    }

    private func writeDown(
        _ call: LiveCall, _ reserve: Reservation?, _ expected: Int64?, keepsRequest: Bool
    ) {
        let place = call.place
        ledger.begin(call, reserve: reserve, base: latest[place], keepsRequest: keepsRequest) {
            [self] outcome in
            switch outcome {
            case .failure(let error) where error.kind == .payloadTooLarge && keepsRequest:
                writeDown(call, reserve, expected, keepsRequest: false)
            case .failure(let error):
                beginning.removeAll { $0 === call }
                if passes(error) { sendUnrecorded(call) } else { call.refuse(Rejection(error)) }
            case .success(let number):
                latest[place] = number
                if let expected {
                    report.divergence = report.divergence ?? .init(recording: number, expected: expected)
                }
                prepare(call, number) { [self] in
                    beginning.removeAll { $0 === call }
                    began(call, number)
                }
            }
        }
    }

    /// Does what is to be done before a call is sent, as long as somebody waits for it: what a program that has gone
    /// did before it asked is not to be found any more.
    private func prepare(_ call: LiveCall, _ number: Int64, then done: @escaping () -> Void) {
        for delivery in call.answer.deliveries { delivery.notice() }
        guard let before = options.beforeCall, isRunning, !call.answer.deliveries.isEmpty else {
            return done()
        }
        let bound = NIOLoopBound(done, eventLoop: loop)
        before(number) { [loop] in loop.execute { bound.value() } }
    }

    func began(_ call: LiveCall, _ number: Int64) {
        // Nobody would be there to record what came back.
        if isClosing { return call.withdraw(number, because: "the recorder was ending") }
        // The daemon may have been away for long.
        noticeClients()
        guard let delivery = call.answer.deliveries.first else {
            return call.withdraw(number, because: "nobody waited for it any more")
        }
        live[number] = call
        if !call.isFetched {
            report.live += 1
            if let key = call.keys.texts.first { lost.sent(key, as: number) }
        }
        let ticket = resolution.began(recording: number, call.asking)
        open[ObjectIdentifier(delivery)] = delivery
        delivery.tell(ending(ticket, delivery))
        call.send(as: number)
    }

    // MARK: What became of it

    func completed(_ call: LiveCall, _ facts: ReplyFacts, _ usage: CallUsage) {
        guard let number = call.number else { return }
        if usage.isReported, let id = facts.identifier { countedReplies.insert(id) }
        live[number] = nil
        tokens[number] = usage.tokens
        lost.completed(number, tokens: usage.tokens)
        noteCompleted()
        resolution.completed(recording: number, toolReferences: facts.toolReferences)
        noteEnd()
    }

    func failed(_ call: LiveCall, _ usage: CallUsage?) {
        guard let number = call.number else { return }
        live[number] = nil
        report.failed += 1
        if let usage, usage.isReported, let key = call.keys.texts.first {
            lost.add(key, tokens: usage.tokens)
        }
        resolution.failed(recording: number)
        noteEnd()
    }

    func usage(of call: any WrittenCall, _ observer: ReplyObserver) -> CallUsage {
        let (usage, isReported) = observer.usage(requestBytes: call.request.body.count)
        let model = observer.facts.model ?? Reservation.model(of: call.recorded)
        let price = options.prices?.price(of: model, upstream: call.request.upstream.name)
        return CallUsage(usage: usage, costMicros: price?.cost(of: usage), isReported: isReported)
    }
}

extension Rejection {
    /// What the daemon says to a call that was to begin.
    fileprivate init(_ error: SidestepError) {
        let reason: ProviderError.Reason =
            switch error.kind {
            case .budgetExhausted: .budgetExhausted
            case .leaseLost, .leaseRequired: .leaseLost
            case .runPaused: error.reason == "budget" ? .budgetExhausted : .runPaused
            case .runCancelled: .runCancelled
            case .runClosed, .runNotFound: .runNotFound
            case .storageFull: .storageFull
            case .deadlineExceeded: .deadlineExceeded
            case .payloadTooLarge: .payloadTooLarge
            // As many calls as there may be are under way: another time.
            case .limitExceeded, .overloaded: .rateLimited
            default: .storageError
            }
        self.init(reason, [error.message, error.hint].compactMap { $0 }.joined(separator: ". "))
    }
}
