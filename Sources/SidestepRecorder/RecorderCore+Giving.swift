import Sidestep
import SidestepProtocol
import SidestepRecording

/// What was recorded is given once more.
extension RecorderCore {
    /// - Parameter found: what `recording.get` answers.
    func give(_ found: RawJSON, _ answer: Answer, _ ticket: Resolution.Delivery, _ rung: Rung) {
        do throws(SealProblem) {
            guard let kept = try KeptBodies(options.recordingKey).answer(found) else {
                throw .changed
            }
            guard answer.give(found["response"], kept.body, kept.parts, of: ticket.recording, rung) else {
                return answer.end(
                    .refused(
                        Rejection(
                            .storageError,
                            "there is no space for the answer in the folder for temporary files")))
            }
            end(answer, kept.parts)
        } catch {
            resolution.broken(ticket)
            report.note("recording \(ticket.recording) was not given: \(error.message)")
            answer.end(
                .refused(
                    Rejection(
                        .storageError,
                        "recording \(ticket.recording) cannot be read: \(error.message). \(error.hint)")))
        }
    }

    /// Hands out what was recorded: at once, or as it came.
    private func end(_ answer: Answer, _ parts: ReplyParts) {
        guard options.replayPace == .recorded, !parts.splits.isEmpty else { return answer.end(.complete) }
        if let replay = PacedReplay(answer, parts, on: loop) { return replay.go() }
        report.note("streams that were recorded without the times of their events came at once")
        answer.end(.complete)
    }
}

extension Answer {
    /// A recorded answer; false when it cannot be kept.
    fileprivate func give(
        _ response: RawJSON?, _ body: [UInt8], _ parts: ReplyParts, of recording: Int64, _ rung: Rung
    ) -> Bool {
        var headers: MessageHeaders.List =
            response?["headers"]?.elements.compactMap { pair in
                let parts = pair.elements.compactMap(\.string)
                return parts.count == 2 ? (parts[0], parts[1]) : nil
            } ?? []
        headers += [
            ("x-sidestep-recording", "\(recording)"), ("x-sidestep-replayed", "true"),
            ("x-sidestep-match", "\(rung)"),
        ]
        splits = parts.splits
        if splits.isEmpty { headers.append(("content-length", "\(body.count)")) }
        begin(ReplyHead(status: response?["status"]?.int ?? 200, headers: headers))
        return spool.append(body)
    }
}
