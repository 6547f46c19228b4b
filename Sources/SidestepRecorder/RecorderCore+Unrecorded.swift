import Sidestep
import SidestepHTTPClient

/// Calls that the daemon cannot write down, where the user wants them to go without (`--on-store-error pass`).
extension RecorderCore {
    /// Whether what the daemon says is a reason to go on without it.
    func passes(_ error: SidestepError) -> Bool {
        options.onStoreError == .pass && [.storageFull, .storageError].contains(error.kind)
    }

    /// Sends a call that nobody will know of, for those who wait for it.
    func sendUnrecorded(_ call: LiveCall) {
        call.leave()
        if call.answer.deliveries.isEmpty || isClosing { return }
        wentUnrecorded()
        if let socket = call.request.socket {
            // What comes back by it goes to the agent, as all that is of no call.
            socket.link().send(.text(call.request.body))
            call.answer.begin(ReplyHead(status: 200, headers: []))
            return call.answer.end(.complete)
        }
        PassedCall(call.request, self, answer: call.answer).send()
    }

    func wentUnrecorded() {
        if report.unrecorded == 0 {
            options.tell(
                "the daemon cannot write, and calls are not recorded (--on-store-error pass): the next start pays "
                    + "for them again")
        }
        report.unrecorded += 1
    }
}
