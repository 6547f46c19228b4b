import NIOCore
import Sidestep
import SidestepHTTPClient
import SidestepRecording

/// A request that reads what a provider makes in its own time: handed on as it comes, and recorded when that is final.
///
/// Until then it is polling: safe to repeat, paid by nobody, and of no use to a later start. So nothing is written
/// down before the answer is there, and what cannot be written down is handed on all the same.
final class ReadCall: WrittenCall {
    let request: AgentRequest
    let recorded: RecordedRequest
    let keys: CallKeys
    let fence = RandomText.make()
    let asking: Resolution.Asking
    let answer = Answer()

    private let read: FinalRead
    private let core: RecorderCore
    private var observer: ReplyObserver?
    private var pace = ReplyPace()
    private var transfer: String?
    private let beganAt = ContinuousClock.now
    private var firstByteAt: ContinuousClock.Instant?

    init(
        _ request: AgentRequest, _ recorded: RecordedRequest, _ read: FinalRead, _ asking: Resolution.Asking,
        _ keys: CallKeys, _ core: RecorderCore
    ) {
        (self.request, self.recorded, self.read) = (request, recorded, read)
        (self.asking, self.keys, self.core) = (asking, keys, core)
    }

    func send() {
        let bound = NIOLoopBound(self, eventLoop: core.loop)
        let handover = Handover(core.loop) { bound.value.take($0) }
        transfer = core.providers.send(request, body: request.body, to: handover)
        answer.abandoned = { [weak self] in self?.stop() }
    }

    private func stop() { transfer.map { core.providers.stop($0, of: request.upstream) } }

    private func take(_ events: [Handover.Event]) {
        for event in events where answer.stage == .open {
            switch event {
            case .head(let head): begin(head)
            case .bytes(let bytes): keep(bytes)
            case .ended(let failure): end(failure)
            }
        }
        answer.pump()
    }

    private func begin(_ head: ReplyHead) {
        firstByteAt = .now
        // Content is of any kind: it is looked at by nobody.
        let type = read == .content ? nil : head.value(of: "content-type")
        observer = ReplyObserver(api: read.api, status: head.status, contentType: type)
        answer.begin(head)
    }

    private func keep(_ bytes: [UInt8]) {
        guard answer.spool.append(bytes) else {
            stop()
            return answer.end(.broken)
        }
        if answer.spool.count > core.options.maximumBody { observer = nil }
        observer?.feed(bytes)
        pace.note(events: observer?.splits.count ?? 0, at: .now - beganAt)
        answer.release(observer?.releasable ?? answer.spool.count)
    }

    private func end(_ failure: HTTPFailure?) {
        guard let head = answer.head else { return answer.end(.refused(request.unreachable(failure))) }
        if failure == nil, var observer, observer.finish(endedWell: true) == .complete,
            read.isFinal(answer.spool.bytes, isStream: head.isStream)
        {
            return record(head, observer)
        }
        answer.release(answer.spool.count)
        answer.end(failure == nil ? .complete : .broken)
    }

    private func record(_ head: ReplyHead, _ observer: ReplyObserver) {
        core.ledger.begin(self) { [self] outcome in
            guard case .success(let number) = outcome else { return answer.end(.complete) }
            let usage = core.unbooked(self, observer)
            let record = CallRecord(
                head: head, body: answer.spool.bytes, observer: observer, pace: pace, usage: usage,
                firstByte: firstByteAt.map { $0 - beganAt }, duration: .now - beganAt, tries: 1,
                seal: core.seal(of: keys))
            core.ledger.complete(number, fence, record, waitsForSpace: false) { [self] problem in
                if let problem {
                    core.ledger.fail(
                        number, fence, "failed", status: head.status, message: problem.message, usage: usage,
                        tries: 1)
                } else {
                    core.noteFinal(self, as: number, observer.facts, usage)
                }
                answer.splits = record.parts.splits
                answer.end(.complete)
            }
        }
    }
}
