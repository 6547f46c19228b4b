import Sidestep
import SidestepProtocol
import SidestepRecording

/// Comparing what a program asks for with what a run recorded: nothing is sent, nothing is written, and the run
/// need not be ours.
extension RecorderCore {
    /// Reads all recordings with their requests. Keys are made of these anew, under a secret of the moment: that
    /// of the run is its owner's.
    func beginCheck(then done: @escaping (SidestepError?) -> Void) {
        key = Array(RandomText.make().utf8)
        var numbers: [Int64] = []
        ledger.list(
            "completed", each: { if let number = $0["recording"]?.integer { numbers.append(number) } }
        ) {
            [self] error in
            if let error { return done(error) }
            load(numbers[...], then: done)
        }
    }

    private func load(_ numbers: ArraySlice<Int64>, then done: @escaping (SidestepError?) -> Void) {
        guard let number = numbers.first else { return done(nil) }
        ledger.get(number, withRequest: true) { [self] outcome in
            switch outcome {
            case .failure(let error): done(error)
            case .success(let found):
                do throws(SealProblem) {
                    try load(number, found)
                    load(numbers.dropFirst(), then: done)
                } catch {
                    sealProblem = error
                    done(sealError)
                }
            }
        }
    }

    private func load(_ number: Int64, _ found: RawJSON) throws(SealProblem) {
        guard let entry = found["recording"] else { return }
        let body = try KeptBodies(options.recordingKey).request(found)
        let request = RecordedRequest(kept: entry, body: body ?? [])
        resolution.load(
            recording: number, keys: CallKeys(of: request, secret: key, options: options.keys).texts,
            place: [request.method, request.upstream, request.target].joined(separator: " "),
            toolReferences: entry["tool_ids"]?.elements.compactMap(\.string) ?? [])
        note(number, entry["usage"])
    }

    /// The program asks for what was not recorded.
    func drift(_ request: AgentRequest, from expected: Int64?, _ delivery: Delivery) {
        if expected != nil { report.drifted += 1 }
        note(request.bare, insteadOf: expected)
        delivery.reject(
            Rejection(
                .divergence, "this call was not recorded, and nothing is sent while a run is only compared"))
    }
}
