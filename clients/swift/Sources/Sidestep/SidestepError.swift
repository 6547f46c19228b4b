import FoundationEssentials
import SidestepProtocol

/// Anything that went wrong between this program and Sidestep, or in a recorded step.
///
/// `kind` is the stable name to branch on; `hint` says what to do next. The set of kinds is open: a daemon
/// newer than this client may send one it has never heard of.
public struct SidestepError: Error, Sendable {
    /// The stable name of the error.
    public var kind: Kind
    /// The JSON-RPC code, or 0 when the error arose in this process.
    public var code: Int
    /// One sentence for people.
    public var message: String
    /// The run concerned.
    public var run: String?
    /// The step concerned.
    public var step: String?
    /// Which clock ran out (`timeout`), or which part differed.
    public var which: String?
    /// Why a run is paused: `crash_loop`, `budget`, `operator` and their like.
    public var reason: String?
    /// The limit that was hit, by its wire name.
    public var limit: String?
    /// The attempt the daemon holds for the step.
    public var attempt: Int?
    /// The process that holds the run.
    public var owner: Owner?
    /// How long to wait before trying again.
    public var retryAfter: Duration?
    /// What to do next, in one sentence.
    public var hint: String?
    /// The recorded error of a failed step.
    public var failure: RawJSON?
    /// The recorded output, when another one was offered (`step_conflict`).
    public var output: RawJSON?
    /// What is recorded of the error that a body threw: a `RecordedError`, the same now and when it is read from the
    /// journal.
    public var cause: (any Error)?
    /// The compensations that failed while what the run did was undone: what they were for still stands.
    public var notUndone: [SidestepError] = []

    /// Makes an error of this process.
    public init(_ kind: Kind, _ message: String, run: String? = nil, step: String? = nil, hint: String? = nil)
    {
        self.kind = kind
        self.code = 0
        self.message = message
        self.run = run
        self.step = step
        self.hint = hint
    }
}

extension SidestepError {
    /// The process that executes a run now.
    public struct Owner: Sendable, Equatable {
        /// Its process id.
        public var pid: Int
        /// Its user id.
        public var uid: Int?
        /// How it holds the lease: `connection`, `process` or `ttl`.
        public var kind: String?
        /// Since when.
        public var since: Date?
    }

    /// Whether the run can never be written by this lease again; the run object keeps such an error and
    /// repeats it.
    var endsRun: Bool { kind == .leaseLost || asksToEnd }

    /// Whether the run was asked to end: its owner may undo what it did, and let go.
    var asksToEnd: Bool { kind == .runCancelled || kind == .deadlineExceeded }

    /// Whether the same call may succeed when it is made again a little later.
    public var isTemporary: Bool { Self.temporary.contains(kind) }

    private static let temporary: Set<Kind> = [
        .runOwned, .timeout, .rateLimited, .overloaded, .shuttingDown, .storageFull, .connectionLost,
        .circuitOpen,
    ]
}

extension SidestepError: LocalizedError {
    /// The message, as frameworks show it.
    public var errorDescription: String? { message }
    /// Which kind of error it is.
    public var failureReason: String? { kind.rawValue }
    /// What to do next.
    public var recoverySuggestion: String? { hint }
}

extension SidestepError: CustomStringConvertible {
    /// Kind and message, and what to do.
    public var description: String {
        hint.map { "\(kind): \(message) (\($0))" } ?? "\(kind): \(message)"
    }
}
