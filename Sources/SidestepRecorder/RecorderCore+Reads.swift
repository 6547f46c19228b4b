import SidestepRecording

/// Requests that read what a provider makes in its own time: responses in the background, batches, files.
extension RecorderCore {
    /// Answers from a recording of an earlier start, or hands on.
    func read(_ request: AgentRequest, _ read: FinalRead, by delivery: Delivery) {
        let recorded = options.isCheck ? request.bare : request.recorded
        let keys = CallKeys(of: recorded, secret: key, options: options.keys)
        let asking = Resolution.Asking(recorded, keys: keys)
        if case .replay(let ticket, let rung) = resolution.resolve(asking) {
            report.calls += 1
            return replay(ticket, rung, by: delivery)
        }
        if options.isCheck { return refuseToSend(request, delivery) }
        report.passed += 1
        let call = ReadCall(request, recorded, read, asking, keys, self)
        delivery.follow(call.answer)
        call.send()
    }

    func refuseToSend(_ request: AgentRequest, _ delivery: Delivery) {
        report.note("\(request.method) \(request.pathWithoutSecrets) is not recorded, and was not sent")
        delivery.reject(Rejection(.divergence, "nothing is sent while a run is only compared"))
    }

    /// What a final answer says that was used, where nobody has said it before: the call that began a response or a
    /// batch ends before that is known.
    func unbooked(_ call: ReadCall, _ observer: ReplyObserver) -> CallUsage {
        let facts = observer.facts
        guard facts.usage != nil, !resolution.knows(call.asking),
            facts.identifier.map({ countedReplies.insert($0).inserted }) ?? true
        else { return .nothing }
        var usage = self.usage(of: call, observer)
        usage.isCall = false
        return usage
    }

    /// It was final, and is recorded: later starts are given it.
    func noteFinal(_ call: ReadCall, as number: Int64, _ facts: ReplyFacts, _ usage: CallUsage) {
        report.passed -= 1
        report.calls += 1
        report.live += 1
        noteCompleted()
        tokens[number] = usage.tokens
        let ticket = resolution.began(recording: number, call.asking)
        resolution.completed(recording: number, toolReferences: facts.toolReferences)
        guard let delivery = call.answer.deliveries.first else { return resolution.broken(ticket) }
        open[ObjectIdentifier(delivery)] = delivery
        delivery.tell(ending(ticket, delivery))
    }
}
