import SidestepModel

extension SidestepError {
    /// The stable name of an error: `error.data.kind` on the wire, and a few of this client's own.
    public struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The name on the wire, `run_owned` for example.
        public var rawValue: String
        /// A kind by its name, also one that this client does not know.
        public init(rawValue: String) { self.rawValue = rawValue }
        init(_ kind: ErrorKind) { rawValue = kind.rawValue }
        /// The name on the wire.
        public var description: String { rawValue }
    }
}

extension SidestepError.Kind {
    /// There is no such run, or you may not see it.
    public static let runNotFound = Self(.runNotFound)
    /// A run with this id exists and is a different one.
    public static let runConflict = Self(.runConflict)
    /// Another process executes the run now.
    public static let runOwned = Self(.runOwned)
    /// The run is completed, failed or cancelled, and the call needs an open one.
    public static let runClosed = Self(.runClosed)
    /// The run was cancelled, and its owner is to stop.
    public static let runCancelled = Self(.runCancelled)
    /// The run is paused, and cannot be resumed until somebody unpauses it.
    public static let runPaused = Self(.runPaused)
    /// The lease is no longer valid: the run was granted to somebody else, paused or closed.
    public static let leaseLost = Self(.leaseLost)
    /// The call acts for a run, and it is not clear by what right.
    public static let leaseRequired = Self(.leaseRequired)
    /// The step has failed for good, and this is its recorded failure.
    public static let stepFailed = Self(.stepFailed)
    /// The step has a recorded result, and it is another one.
    public static let stepConflict = Self(.stepConflict)
    /// The step is asked for with another input than the one it was recorded with.
    public static let stepMismatch = Self(.stepMismatch)
    /// Nobody knows whether the step's effect happened.
    public static let stepUnknown = Self(.stepUnknown)
    /// The attempt is over: it timed out, or a later one has begun.
    public static let attemptSuperseded = Self(.attemptSuperseded)
    /// There is no such checkpoint.
    public static let checkpointNotFound = Self(.checkpointNotFound)
    /// The resume token names no checkpoint.
    public static let tokenInvalid = Self(.tokenInvalid)
    /// A time that you gave has passed.
    public static let timeout = Self(.timeout)
    /// The run's deadline has passed.
    public static let deadlineExceeded = Self(.deadlineExceeded)
    /// The run has used up what it was allowed: tokens, money, calls or time.
    public static let budgetExhausted = Self(.budgetExhausted)
    /// A rate limit is reached.
    public static let rateLimited = Self(.rateLimited)
    /// The caller gave the request up while it waited.
    public static let requestCancelled = Self(.requestCancelled)
    /// A dependency has failed so often that it is left alone for a while.
    public static let circuitOpen = Self(.circuitOpen)
    /// The line is longer than a frame may be.
    public static let payloadTooLarge = Self(.payloadTooLarge)
    /// A limit of the daemon was passed.
    public static let limitExceeded = Self(.limitExceeded)
    /// The daemon has too much to do right now.
    public static let overloaded = Self(.overloaded)
    /// The disk is full.
    public static let storageFull = Self(.storageFull)
    /// The disk failed the daemon.
    public static let storageError = Self(.storageError)
    /// The caller may see the run but not do this.
    public static let notPermitted = Self(.notPermitted)
    /// The daemon is about to stop.
    public static let shuttingDown = Self(.shuttingDown)
    /// This daemon cannot do that.
    public static let unsupported = Self(.unsupported)
    /// A parameter is missing, unknown, of the wrong type or out of range.
    public static let invalidArgument = Self(.invalidArgument)

    /// The run ended as failed (thrown where a closed run's recorded failure is asked for).
    public static let runFailed = Self(rawValue: "run_failed")
    /// Somebody rejected the promise that was waited for.
    public static let promiseRejected = Self(rawValue: "promise_rejected")
    /// The connection broke and the call could not safely be sent again.
    public static let connectionLost = Self(rawValue: "connection_lost")
    /// No daemon answered, and none could be started.
    public static let daemonNotFound = Self(rawValue: "daemon_not_found")
    /// The daemon sent something that is not the protocol, or not of the type asked for.
    public static let unexpectedReply = Self(rawValue: "unexpected_reply")
    /// A value could not be written as JSON.
    public static let notEncodable = Self(rawValue: "not_encodable")
    /// The daemon does not know the method (-32601).
    public static let methodNotFound = Self(rawValue: "method_not_found")
}
