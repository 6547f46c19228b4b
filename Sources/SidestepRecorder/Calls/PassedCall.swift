import NIOCore
import SidestepHTTPClient

/// A request that is handed on and forgotten: it ends with the agent that wants it.
final class PassedCall {
    let answer: Answer
    private let request: AgentRequest
    private let core: RecorderCore
    private var transfer: String?

    init(_ request: AgentRequest, _ core: RecorderCore, answer: Answer = Answer()) {
        (self.request, self.core, self.answer) = (request, core, answer)
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
            case .head(let head): answer.begin(head)
            case .bytes(let bytes): keep(bytes)
            case .ended(let failure): end(failure)
            }
        }
        answer.pump()
    }

    private func keep(_ bytes: [UInt8]) {
        if answer.spool.append(bytes) { return answer.release(answer.spool.count) }
        stop()
        answer.end(.broken)
    }

    private func end(_ failure: HTTPFailure?) {
        guard let failure else { return answer.end(.complete) }
        answer.end(answer.head == nil ? .refused(request.unreachable(failure)) : .broken)
    }
}
