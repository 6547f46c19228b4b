import SidestepHash
import SidestepProtocol
import SidestepRecording

/// Answers that go on at the provider while nobody records them: those of calls in the background whose recorder has
/// died. They are read there by their ids instead of being paid for again, and end the recordings of their calls.
extension RecorderCore {
    /// The secret of a call: whoever holds the run can make it again.
    func fence(_ nonce: String) -> String {
        let code = key.withUnsafeBytes { MessageCode.sha256(key: $0, Array("call:\(nonce)".utf8)) }
        return Hexadecimal.text(code.prefix(16))
    }

    /// Reads the answer to a request, if one was left; false where it has to be asked for.
    func fetch(
        _ request: AgentRequest, _ recorded: RecordedRequest, _ endpoint: Endpoint,
        _ asking: Resolution.Asking, _ keys: CallKeys, by delivery: Delivery
    ) -> Bool {
        guard BackgroundReply.answers(recorded, api: endpoint.api), let key = keys.texts.first,
            let reply = left[key]?.popLast()
        else { return false }
        report.fetched += 1
        let call = LiveCall(request, recorded, endpoint, asking, keys, injected: nil, self, reply: reply)
        delivery.follow(call.answer)
        began(call, reply.recording)
        return true
    }

    /// The provider has it no more: it is asked for again, and paid again.
    func isGone(_ call: LiveCall) {
        guard let number = call.number else { return }
        call.leave()
        live[number] = nil
        resolution.superseded(recording: number)
        ledger.forget(number)
        if let key = call.keys.texts.first { lost.add(key, tokens: nil) }
        // The next start asks for it.
        if isClosing { return noteEnd() }
        write(
            LiveCall(
                call.request, call.recorded, call.endpoint, call.asking, call.keys, injected: nil, self,
                answer: call.answer), nil)
    }

    /// Reading it broke off: it is still there for who asks again.
    func leave(_ reply: BackgroundReply, of call: LiveCall) {
        live[reply.recording] = nil
        resolution.failed(recording: reply.recording)
        putBack(reply, of: call)
        noteEnd()
    }

    /// It was not read after all.
    func putBack(_ reply: BackgroundReply, of call: LiveCall) {
        if let key = call.keys.texts.first { left[key, default: []].append(reply) }
    }
}
