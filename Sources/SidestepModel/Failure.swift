/// Why a call was refused: a stable kind, a sentence, and what the caller can do next.
///
/// It holds names and numbers, never a payload; the one exception is the *recorded* outcome of a step,
/// which the caller asked for (`failure`, `output`).
public struct Failure: Error, Sendable, Equatable {
    /// What a client goes by: `data.kind`.
    public var kind: ErrorKind
    /// One sentence for people.
    public var message: String
    /// The id of the run that it is about, if it is about one.
    public var run: String?
    /// The name of the step that it is about, a step of `run`.
    public var step: String?
    /// The name of the limit that was met.
    public var limit: String?
    /// Who has the run that was asked for (`run_owned`).
    public var owner: Owner?
    /// Milliseconds after which asking again may help; nil when time alone changes nothing.
    public var retryAfterMilliseconds: Int64?
    /// Which time-out expired.
    public var which: String?
    /// Why a run is paused.
    public var reason: PauseReason?
    /// The recorded fingerprint of a `step_mismatch`.
    public var expected: String?
    /// The fingerprint that the call presented.
    public var actual: String?
    /// The attempt that the step's record stands at, so that a late caller sees how late it is.
    public var attempt: Int64?
    /// The recorded error of a failed step.
    public var failure: Payload?
    /// The recorded output of a step whose result another call contradicts.
    public var output: Payload?
    /// What to do next, in one sentence.
    public var hint: String?
    /// The store's trouble behind it; no reply shows it.
    public var fault: StoreFault?

    /// What most failures say; the rest is added by `with`.
    public init(
        _ kind: ErrorKind, _ message: String, run: String? = nil, step: String? = nil, hint: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.run = run
        self.step = step
        self.hint = hint
    }

    /// This failure with one more member set.
    public func with<Value>(_ path: WritableKeyPath<Failure, Value>, _ value: Value) -> Failure {
        var copy = self
        copy[keyPath: path] = value
        return copy
    }
}
