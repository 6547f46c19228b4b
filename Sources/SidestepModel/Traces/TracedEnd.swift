/// Something in a run that took time and has ended: an attempt of a step, or a call that a recorder wrote down.
public struct TracedEnd: Sendable, Equatable {
    /// Its place in the journal.
    public var sequence: Int64
    /// The word of the journal for how it ended: one of `JournalKind`, or what an imported run has.
    public var kind: String
    /// The step; nil of a recorded call.
    public var step: String?
    /// The attempt of the step.
    public var attempt: Int64?
    /// When it began; nil where a daemon wrote the entry that kept no such times.
    public var begun: Instant?
    /// When it ended.
    public var at: Instant
    /// What the journal says of it, JSON; nil for none, and for what is large.
    public var detail: Payload?
    /// What a completed step used, JSON.
    public var usage: Payload?

    /// An entry as the store has it.
    public init(
        sequence: Int64, kind: String, step: String?, attempt: Int64?, begun: Instant?, at: Instant,
        detail: Payload?, usage: Payload?
    ) {
        self.sequence = sequence
        self.kind = kind
        self.step = step
        self.attempt = attempt
        self.begun = begun
        self.at = at
        self.detail = detail
        self.usage = usage
    }
}

/// Something that happened to a run as a whole.
public struct TracedEvent: Sendable, Equatable {
    /// When.
    public var at: Instant
    /// The word of the journal for it.
    public var kind: String
    /// The step that it is about; nil when it is about the run.
    public var step: String?
    /// What the journal says of it, JSON; nil for none, and for what is large.
    public var detail: Payload?

    /// An event as the store has it.
    public init(at: Instant, kind: String, step: String?, detail: Payload?) {
        (self.at, self.kind, self.step, self.detail) = (at, kind, step, detail)
    }
}
