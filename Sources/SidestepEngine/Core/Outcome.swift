import SidestepModel

/// Thrown by a use case that has no result to give although what it wrote is to stand.
///
/// A plain `Failure` or `Wait` takes back what was written.
enum KeepingWrites: Error {
    case refused(Failure)
    /// It is parked, and performed again when a topic changes.
    case waits(Wait)
}

/// How a use case ended, and what becomes of what it wrote: the one road of every call.
enum Outcome {
    case answered(Answer)
    case refused(Failure, keepsWrites: Bool)
    case waits(Wait, keepsWrites: Bool)

    /// The outcome of a use case that threw.
    init(thrown error: any Error) {
        switch error {
        case let kept as KeepingWrites:
            switch kept {
            case .refused(let failure): self = .refused(failure, keepsWrites: true)
            case .waits(let wait): self = .waits(wait, keepsWrites: true)
            }
        case let wait as Wait: self = .waits(wait, keepsWrites: false)
        case let failure as Failure: self = .refused(failure, keepsWrites: false)
        default: preconditionFailure("a use case threw \(error)")
        }
    }

    /// Why the writer takes back what was written; nil when it stands.
    var rollback: Failure? {
        switch self {
        case .answered, .refused(_, keepsWrites: true), .waits(_, keepsWrites: true): nil
        case .refused(let failure, keepsWrites: false): failure
        // Nobody sees it: what it waits for brings the call back.
        case .waits(_, keepsWrites: false): Failure(.timeout, "waits")
        }
    }

    /// Whether the caller got what it asked for: an offer that it was made is taken.
    var isAnswer: Bool {
        if case .answered = self { true } else { false }
    }

    /// How far it is that has done a part of its work and goes on, whoever waits for its answer.
    var progress: (any Sendable)? {
        if case .waits(let wait, _) = self { wait.progress } else { nil }
    }
}
