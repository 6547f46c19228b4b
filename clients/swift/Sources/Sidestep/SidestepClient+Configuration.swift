import FoundationEssentials

extension SidestepClient {
    /// Where the daemon is, how long it is waited for, and how values are written; everything has a default.
    public struct Configuration: Sendable {
        /// The daemon's socket. Nil looks for `SIDESTEP_SOCKET`, `$XDG_RUNTIME_DIR/sidestep/sidestep.sock`,
        /// `/run/sidestep/sidestep.sock`, the user's own directory below the temporary directory.
        public var socket: String?
        /// Whether a daemon may be started; nil leaves it to `SIDESTEP_AUTOSTART`.
        public var autostart: Bool?
        /// How long to look for a daemon that went away, or that cannot write, before calls fail.
        public var patience: Duration
        /// How long a call may take that is answered at once, by a daemon that is there; nil waits as long as it takes.
        /// Calls that wait for something have their own times, and a daemon that went away has `patience`.
        public var callTimeout: Duration?
        /// Makes what writes values as JSON. Keys are sorted whatever it says, so that equal values give equal bytes.
        public var encoder: @Sendable () -> JSONEncoder
        /// Makes what reads values.
        public var decoder: @Sendable () -> JSONDecoder
        /// What is told of what happens; nothing else is ever written for people.
        public var log: @Sendable (LogMessage) -> Void
        /// What measures and traces what the client does; the first one is the outermost.
        public var observers: [any Observer] = []

        /// Makes a configuration; dates are texts of ISO 8601 with milliseconds unless `encoder` and `decoder` say
        /// otherwise.
        public init(
            socket: String? = nil, autostart: Bool? = nil, patience: Duration = .seconds(60),
            callTimeout: Duration? = .seconds(60),
            encoder: @escaping @Sendable () -> JSONEncoder = Payloads.standardEncoder,
            decoder: @escaping @Sendable () -> JSONDecoder = Payloads.standardDecoder,
            log: @escaping @Sendable (LogMessage) -> Void = { $0.printIfImportant() }
        ) {
            self.socket = socket
            self.autostart = autostart
            self.patience = patience
            self.callTimeout = callTimeout
            self.encoder = encoder
            self.decoder = decoder
            self.log = log
        }

        /// Called around the body of each step; what it throws ends this client as the death of its process would.
        package var interruption: (@Sendable (_ step: String, _ moment: StepMoment) throws -> Void)?

        /// Whether a call without a record ends its run: a test replays what was recorded.
        package var isReplay = false

        var payloads: Payloads { Payloads(encoder: encoder, decoder: decoder) }
    }
}

/// A moment of a step that tests are interested in.
package enum StepMoment: Sendable { case beforeBody, afterBody }
