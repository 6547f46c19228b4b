import Sidestep
import SidestepProtocol
import SidestepRecording

/// Telling where the first call that was none of those before differs from the one that was to be expected.
extension RecorderCore {
    /// A request is not sent that was not recorded.
    func note(_ request: RecordedRequest, insteadOf expected: Int64?) {
        guard report.divergence == nil else { return }
        report.divergence = .init(recording: nil, expected: expected)
        if let expected { compare(request, with: expected) }
    }

    /// One that was sent is written down: it is looked at when nothing waits for us any more.
    func compareAtEnd() {
        report.paidTwice = lost.sum
        guard let found = report.divergence, found.drift == nil, let number = found.recording,
            let expected = found.expected
        else { return }
        request(number) { [self] request in compare(request, with: expected) }
    }

    private func compare(_ request: RecordedRequest, with expected: Int64) {
        self.request(expected) { [self] was in
            report.divergence?.drift = Drift(from: was, to: request, options: options.keys)
        }
    }

    /// Reads a request, unless it was not kept.
    private func request(_ number: Int64, then done: @escaping (RecordedRequest) -> Void) {
        ledger.get(number, withRequest: true) { [options] outcome in
            guard case .success(let found) = outcome, let entry = found["recording"],
                let body = try? KeptBodies(options.recordingKey).request(found)
            else { return }
            done(RecordedRequest(kept: entry, body: body))
        }
    }
}

extension RecordedRequest {
    /// As the journal has it: with neither headers nor a query.
    ///
    /// - Parameter entry: the recording as methods show it.
    init(kept entry: RawJSON, body: [UInt8]) {
        self.init(
            method: entry["http_method"]?.string ?? "", upstream: entry["upstream"]?.string ?? "",
            target: entry["path"]?.string ?? "", headers: [], body: body)
    }
}
