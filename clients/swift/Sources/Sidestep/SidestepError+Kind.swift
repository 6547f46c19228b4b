import SidestepModel

extension SidestepError {
    /// The stable name of an error: `error.data.kind` on the wire, and a few of this client's own.
    public struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        init(_ kind: ErrorKind) { rawValue = kind.rawValue }
        public var description: String { rawValue }
    }
}

extension SidestepError.Kind {
    public static let runNotFound = Self(.runNotFound)
    public static let runConflict = Self(.runConflict)
    public static let runOwned = Self(.runOwned)
    public static let runClosed = Self(.runClosed)
    public static let runCancelled = Self(.runCancelled)
    public static let runPaused = Self(.runPaused)
    public static let leaseLost = Self(.leaseLost)
    public static let leaseRequired = Self(.leaseRequired)
    public static let stepFailed = Self(.stepFailed)
    public static let stepConflict = Self(.stepConflict)
    public static let stepMismatch = Self(.stepMismatch)
    public static let stepUnknown = Self(.stepUnknown)
    public static let attemptSuperseded = Self(.attemptSuperseded)
    public static let checkpointNotFound = Self(.checkpointNotFound)
    public static let tokenInvalid = Self(.tokenInvalid)
    public static let timeout = Self(.timeout)
    public static let deadlineExceeded = Self(.deadlineExceeded)
    public static let budgetExhausted = Self(.budgetExhausted)
    public static let rateLimited = Self(.rateLimited)
    public static let requestCancelled = Self(.requestCancelled)
    public static let circuitOpen = Self(.circuitOpen)
    public static let payloadTooLarge = Self(.payloadTooLarge)
    public static let limitExceeded = Self(.limitExceeded)
    public static let overloaded = Self(.overloaded)
    public static let storageFull = Self(.storageFull)
    public static let storageError = Self(.storageError)
    public static let notPermitted = Self(.notPermitted)
    public static let shuttingDown = Self(.shuttingDown)
    public static let unsupported = Self(.unsupported)
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
