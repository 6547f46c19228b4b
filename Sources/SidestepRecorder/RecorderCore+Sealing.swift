import Sidestep
import SidestepProtocol
import SidestepRecording

/// Bodies that the daemon gets encrypted (`--recording-key`).
extension RecorderCore {
    /// What is recorded of this run is known again and encrypted by what the daemon and the user have of secrets.
    func use(_ secret: [UInt8]) {
        guard let own = options.recordingKey else { return key = secret }
        key = own.secretOfKeys(run: secret)
        ledger.seal = BodySeal(own, run: secret)
    }

    /// Notes that a recording was made with another key, or without one: its call would be paid again in silence.
    func check(_ entry: RawJSON) {
        guard sealProblem == nil, entry.present("forgotten_at") == nil else { return }
        do throws(SealProblem) {
            if let label = entry["sealed"]?.string {
                _ = try BodySeal(options.recordingKey, label: label)
            } else if options.recordingKey != nil {
                throw .isPlain
            }
        } catch {
            sealProblem = error
        }
    }

    var sealError: SidestepError? { sealProblem?.error(ledger.run) }

    /// What seals the bodies of a call.
    func seal(of keys: CallKeys) -> CallSeal? {
        ledger.seal.map { CallSeal(seal: $0, call: keys.texts.first ?? "") }
    }
}

extension SealProblem {
    /// As commands say it.
    package func error(_ run: String) -> SidestepError {
        SidestepError(.invalidArgument, message, run: run, hint: hint)
    }
}

/// What seals the bodies of one call.
struct CallSeal {
    let seal: BodySeal
    /// Its exact key.
    let call: String
}
