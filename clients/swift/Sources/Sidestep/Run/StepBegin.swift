import SidestepProtocol

/// What the daemon says when a step is to begin.
enum StepBegin {
    /// It has a recorded output already.
    case completed(RawJSON)
    /// The body may run, once the back-off of an earlier attempt is over.
    case execute(StepAttempt)

    /// - Throws: `SidestepError` unless the daemon says one of the two: a body runs on its word and on no other.
    init(_ result: RawJSON) throws {
        switch result["status"]?.string {
        case "completed": self = .completed(result["output"] ?? .null)
        case "execute":
            self = .execute(
                StepAttempt(
                    number: result["attempt"]?.int, delay: .milliseconds(result["delay_ms"]?.int ?? 0)))
        default: throw SidestepError(.unexpectedReply, "the daemon does not say what becomes of the step")
        }
    }
}

/// An attempt that is to be made.
struct StepAttempt {
    /// Its number, when the daemon was asked.
    var number: Int?
    /// How long to wait before.
    var delay = Duration.zero
    /// The begin that is held back, and when it was, in milliseconds since the epoch.
    var held: (begin: Int, at: Int)?
    /// Which one it is where the daemon was not asked: the first, or the one that it named after a failure.
    var ordinal = 1
}
