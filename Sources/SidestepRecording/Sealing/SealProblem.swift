/// Why the body of a recording cannot be read or kept.
public enum SealProblem: Error, Equatable {
    /// It is encrypted, and there is no key; with the name of the one that it was made with.
    case noKey(String)
    /// It is encrypted with another key than the one that was given.
    case otherKey(String, given: String)
    /// The run's recordings are not encrypted, and what comes would be.
    case isPlain
    /// It was changed, or it is the body of another recording.
    case changed
    /// A later version has encrypted it.
    case unknown

    /// A sentence on what is wrong.
    public var message: String {
        switch self {
        case .noKey(let name): "the recordings are encrypted with the key \(name), and no key was given"
        case .otherKey(let name, let given):
            "the recordings are encrypted with the key \(name), and the one that was given is \(given)"
        case .isPlain: "the run has recordings that are not encrypted, and a key was given"
        case .changed: "the recording was changed in the database, or is that of another call"
        case .unknown: "the recordings are encrypted in a way that this version does not know"
        }
    }

    /// What to do about it.
    public var hint: String {
        switch self {
        case .noKey, .otherKey: "Name the file of that key with --recording-key."
        case .isPlain: "Leave the key out, or begin another run with it."
        case .changed: "Go back to a backup; `sidestep reroll RUN RECORDING` has the call made anew."
        case .unknown: "Use the version that recorded them, or a later one."
        }
    }
}
