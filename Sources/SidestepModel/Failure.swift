/// Why a call was refused: a stable kind, a sentence, and what the caller can do next.
///
/// It holds names and numbers, never a payload; the one exception is the *recorded* outcome of a step,
/// which the caller asked for (`failure`, `output`).
public struct Failure: Error, Sendable, Equatable {
    public var kind: ErrorKind
    /// One sentence for people.
    public var message: String
    public var run: String?
    public var step: String?
    /// The name of the limit that was met.
    public var limit: String?
    public var owner: Owner?
    public var retryAfterMilliseconds: Int64?
    /// Which time-out expired.
    public var which: String?
    /// Why a run is paused.
    public var reason: PauseReason?
    /// Fingerprints of a mismatch: the recorded and the presented one.
    public var expected: String?
    public var actual: String?
    public var attempt: Int64?
    /// The recorded error of a failed step.
    public var failure: Payload?
    /// The recorded output of a step whose result another call contradicts.
    public var output: Payload?
    /// What to do next, in one sentence.
    public var hint: String?
    /// The store's trouble behind it; no reply shows it.
    public var fault: StoreFault?

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
