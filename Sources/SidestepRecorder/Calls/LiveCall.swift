import NIOCore
import Sidestep
import SidestepHTTPClient
import SidestepProtocol
import SidestepRecording

/// A call that is recorded: written down before it is sent, read to its end whoever listens, and recorded
/// before anybody gets that end.
final class LiveCall: WrittenCall {
    let request: AgentRequest
    let recorded: RecordedRequest
    let endpoint: Endpoint
    let asking: Resolution.Asking
    let keys: CallKeys
    let answer: Answer
    let fence: String
    let nonce: String
    /// Under which the provider makes the answer in the background, once that is known.
    var reply: BackgroundReply?
    /// Whether the answer is read that an earlier recorder has asked for.
    let isFetched: Bool
    /// Of such an answer, where the agent wants frames.
    var events = EventParser()
    private var isOfFrames = false
    /// Its number in the run; nil until it is written down.
    private(set) var number: Int64?
    /// Whether no bytes come any more.
    private(set) var isOver = false

    let core: RecorderCore
    /// The body with the question for usage in it, where that is asked in the client's place.
    private var injected: [UInt8]?
    /// How often it was sent: what comes of an earlier try is nobody's.
    private var tries = 0
    var repeated = 0
    /// Until the next try.
    var pause: Scheduled<Void>?
    private var transfer: String?
    private var upstreamSocket: UpstreamSocket?
    private(set) var observer: ReplyObserver?
    /// When its events came.
    private var pace = ReplyPace()
    /// What came and may not be handed out yet.
    private var held = HeldBytes()
    private var isTooLong = false
    /// Its end, where nobody waits for it.
    var limit: Scheduled<Void>?
    private let beganAt = ContinuousClock.now
    private var firstByteAt: ContinuousClock.Instant?

    init(
        _ request: AgentRequest, _ recorded: RecordedRequest, _ endpoint: Endpoint,
        _ asking: Resolution.Asking, _ keys: CallKeys, injected: [UInt8]?, _ core: RecorderCore,
        answer: Answer = Answer(), reply: BackgroundReply? = nil
    ) {
        (self.request, self.recorded, self.endpoint) = (request, recorded, endpoint)
        (self.asking, self.keys) = (asking, keys)
        (self.injected, self.core, self.answer) = (injected, core, answer)
        (self.reply, isFetched) = (reply, reply != nil)
        let nonce = reply?.nonce ?? RandomText.make()
        (self.nonce, fence) = (nonce, core.fence(nonce))
        answer.abandoned = { [weak self] in self?.abandoned() }
    }

    /// Where such calls go: method, upstream and path.
    var place: String { "\(request.method) \(request.upstream.name) \(request.pathWithoutSecrets)" }

    // MARK: At the upstream

    /// It is written down: it may be sent.
    func send(as number: Int64) {
        self.number = number
        send()
    }

    /// It is written down, and not sent: it has cost nothing. An answer that the provider has already stays there.
    func withdraw(_ number: Int64, because reason: String) {
        isOver = true
        if isFetched, let reply {
            core.putBack(reply, of: self)
        } else {
            core.ledger.withdraw(number, fence, message: "it was not sent: \(reason)")
        }
        answer.end(.refused(Rejection(.upstream, "the call was not sent: \(reason)")))
    }

    func send() {
        tries += 1
        if let socket = request.socket, !isFetched {
            let link = socket.link()
            upstreamSocket = link
            begin(ReplyHead(status: 200, headers: []))
            return link.begin(self, request.body)
        }
        let bound = NIOLoopBound(self, eventLoop: core.loop)
        let handover = Handover(core.loop) { [tries] events in
            if bound.value.tries == tries { bound.value.take(events) }
        }
        transfer = core.providers.send(outgoing, body: injected ?? outgoing.body, to: handover)
    }

    /// Nothing more is wanted of the provider.
    func stop() {
        pause?.cancel()
        transfer.map { core.providers.stop($0, of: request.upstream) }
        upstreamSocket?.stop(self)
    }

    /// Whether the provider has sent the last frame, or said that it failed.
    var hasEnded: Bool { observer?.hasEnded ?? false }

    /// Takes the next frame of a WebSocket, and what is in it.
    func take(frame bytes: [UInt8], _ value: RawJSON?) {
        guard !isOver, !hasEnded else { return }
        held.append(bytes)
        observer?.feed(frame: bytes, value)
        answer.splits.append(observer?.count ?? 0)
        handOn()
        if hasEnded { end(nil) }
        answer.pump()
    }

    /// It is not sent.
    func refuse(_ rejection: Rejection) {
        isOver = true
        answer.end(.refused(rejection))
    }

    /// It goes without us: its answer is another's.
    func leave() { isOver = true }

    func take(_ events: [Handover.Event]) {
        let attempt = tries
        for event in events where !isOver && pause == nil && tries == attempt {
            switch event {
            case .head(let head): take(head)
            case .bytes(let bytes): isOfFrames ? takeFrames(bytes) : keep(bytes)
            case .ended(let failure): end(failure)
            }
        }
        answer.pump()
    }

    private func take(_ head: ReplyHead) {
        if injected != nil && head.status == 400 { return sendPlain() }
        if isFetched && BackgroundReply.isGone(head.status) {
            stop()
            return core.isGone(self)
        }
        if isTriedAgain(after: .answered(status: head.status, headers: head.headers)) { return }
        isOfFrames = readsFrames(head)
        // Frames have no type of their own.
        begin(isOfFrames ? ReplyHead(status: 200, headers: []) : head)
    }

    /// The upstream does not know the question: it gets what the client wrote, and is not asked again.
    private func sendPlain() {
        core.injection.refused(by: request.upstream.name)
        stop()
        injected = nil
        send()
    }

    private func begin(_ head: ReplyHead) {
        firstByteAt = .now
        observer = ReplyObserver(
            api: endpoint.api, status: head.status, contentType: head.value(of: "content-type"),
            isInjected: injected != nil)
        var shown = head.headers
        // Where something is taken out, there are fewer bytes than were announced.
        if injected != nil { shown.removeAll { $0.name.lowercased() == "content-length" } }
        if let number { shown.append(("x-sidestep-recording", "\(number)")) }
        answer.begin(ReplyHead(status: head.status, headers: shown))
    }

    private func keep(_ bytes: [UInt8]) {
        if isTooLong { return pass(bytes) }
        held.append(bytes)
        observer?.feed(bytes)
        handOn()
        if answer.spool.count + held.count > core.options.maximumBody { isTooLong = true }
        if isTooLong { moveHeld(upTo: .max) }
    }

    /// Hands on what may be handed out of what has come.
    private func handOn() {
        notePace()
        noteReply()
        moveHeld(upTo: observer?.releasable ?? 0)
        if !core.options.isWhollyBuffered { answer.release(answer.spool.count) }
    }

    private func notePace() { pace.note(events: observer?.splits.count ?? 0, at: .now - beganAt) }

    /// Handed on as it comes, and not kept: it is longer than what is recorded.
    private func pass(_ bytes: [UInt8]) {
        held.append(bytes)
        moveHeld(upTo: .max)
        answer.release(answer.spool.count)
    }

    /// Moves what stands before a place of the provider's bytes to where deliveries read, without what was
    /// asked for in the client's place.
    private func moveHeld(upTo place: Int) {
        guard let kept = held.take(upTo: place, without: observer?.injected ?? []) else { return }
        if !answer.spool.append(kept) { fail("there is no space for it in the folder for temporary files") }
    }

    private func end(_ failure: HTTPFailure?) {
        guard answer.head != nil, var observer else {
            if case .unreached = failure, isTriedAgain(after: .unreached) { return }
            return fail(failure.map(\.message) ?? "no answer", as: .refused(request.unreachable(failure)))
        }
        if isTooLong { return passUnrecorded(isWhole: failure == nil) }
        let end = observer.finish(endedWell: failure == nil)
        self.observer = observer
        switch end {
        case .complete: record(observer)
        case .incomplete: fail(failure?.message ?? "the answer broke off before its end", as: .broken)
        case .failed(let message):
            moveHeld(upTo: .max)
            // What a provider says of an error may hold what it was asked.
            fail(
                core.ledger.seal == nil ? message : "the provider said that it failed",
                as: failure == nil ? .complete : .broken)
        }
    }

    // MARK: What becomes of it

    private func record(_ observer: ReplyObserver) {
        moveHeld(upTo: .max)
        guard !isOver, let number, let head = answer.head else { return }
        isOver = true
        limit?.cancel()
        notePace()
        let usage = core.usage(of: self, observer)
        let record = CallRecord(
            head: head, body: answer.spool.bytes, observer: observer, pace: pace, usage: usage,
            firstByte: firstByteAt.map { $0 - beganAt }, duration: .now - beganAt, tries: tries,
            seal: core.seal(of: keys))
        let waits = core.options.onStoreError == .fail
        core.ledger.complete(number, fence, record, waitsForSpace: waits) { [self] problem in
            answer.splits = record.parts.splits
            if let problem { return refused(problem, number, record) }
            if reply != nil { core.ledger.forget(number) }
            core.completed(self, observer.facts, usage)
            answer.end(.complete)
        }
    }

    /// The daemon will never record it, so its end is not handed out: nobody may take for a result what the next
    /// start is not given. An answer that is too long passes, as one that is longer than what is kept.
    private func refused(_ problem: SidestepError, _ number: Int64, _ record: CallRecord) {
        let passes = core.passes(problem)
        if passes { core.wentUnrecorded() }
        core.report.note("an answer could not be recorded: \(problem.message)")
        core.ledger.fail(
            number, fence, "failed", status: record.head.status, message: problem.message,
            usage: record.usage, tries: tries)
        core.failed(self, record.usage)
        answer.end(passes || problem.kind == .payloadTooLarge ? .complete : .broken)
    }

    private func passUnrecorded(isWhole: Bool) {
        core.report.note(
            "an answer was longer than \(core.options.maximumBody) bytes and is not recorded (--max-body)")
        fail("the answer is longer than what is kept", as: isWhole ? .complete : .broken)
    }

    /// It has no result. What the agent gets is what came.
    func fail(_ message: String, as stage: Answer.Stage = .broken, state: String = "failed") {
        guard !isOver else { return }
        isOver = true
        limit?.cancel()
        stop()
        // It goes on where it is made, and is there for who asks again, now or at the run's next start.
        if let reply, isFetched && observer?.failure == nil || core.isClosing {
            core.leave(reply, of: self)
            return answer.end(stage)
        }
        let usage = usageOfFailure
        if let number {
            if reply != nil { core.ledger.forget(number) }
            core.ledger.fail(
                number, fence, state, status: answer.head?.status, message: message, usage: usage,
                tries: tries)
        }
        core.failed(self, usage)
        answer.end(stage)
    }

    /// What was said of it, or about what was written of an answer that had begun; an error costs nothing, and what
    /// was never heard of is the daemon's to judge.
    private var usageOfFailure: CallUsage? {
        guard let observer, let head = answer.head else { return nil }
        let usage = core.usage(of: self, observer)
        return usage.isReported || head.status < 400 ? usage : nil
    }
}
