import SidestepRecording

/// What the user of a recorder decides.
package struct RecorderOptions: Sendable {
    package var upstreams = Upstreams()
    /// A Unix socket that is listened on besides; nil for none.
    package var socket: SocketFile?
    /// How the agent shows its token.
    package var token = TokenPlace.path
    /// Keys that requests get in place of the agent's; nil where the agent's own are sent on.
    package var credentials: Credentials?
    /// Variables of agents that have names of their own for a base URL: name, upstream, path.
    package var variables: [BaseVariable] = []
    /// Variables that a profile sets besides, unless the user has.
    package var settings: [String: String] = [:]

    /// Bytes of a request's body, and of an answer's that is kept.
    package var maximumBody = 64 << 20
    /// How long a call goes on that its agent has left, while the agent runs: longer than clients wait before
    /// they ask again.
    package var detachGrace = Duration.seconds(20)
    /// How long a call goes on that nobody is there for.
    package var inflightMaximum = Duration.seconds(15 * 60)
    /// By which bodies are encrypted before the daemon gets them; nil where it gets them as they are.
    package var recordingKey: RecordingKey?
    /// How long after the run's end bodies are kept; nil as long as the run.
    package var retain: Duration?
    /// Whether they are deleted when the run completes.
    package var forgetsOnSuccess = false
    /// What becomes of requests with a path that is in no table.
    package var unknown = Endpoint.Unknown.record
    /// What becomes of a request that is none of those that were recorded, while some were not asked for again.
    package var onDivergence = OnDivergence.live
    /// Whether the agent gets no byte of an answer before it is recorded.
    package var isWhollyBuffered = false
    /// How recorded streams are given again.
    package var replayPace = ReplayPace.atOnce
    /// What becomes of a call that the daemon cannot write down.
    package var onStoreError = OnStoreError.fail
    /// Hears at once of what its user should not read at the end only.
    package var tell: @Sendable (String) -> Void = { _ in }
    /// Whether calls that came to nothing are sent again by us.
    package var retries = UpstreamRetries(0)
    /// How requests are known again.
    package var keys = KeyOptions()
    /// Whether requests are kept as well, to tell where two differ.
    package var keepsRequests = true
    /// How often answers may be drawn again after which the program ended badly, in all.
    package var rerolls = PoisonEscape.standardLimit

    /// Whether streams are asked for their usage in the client's place.
    package var asksForUsage = false
    /// Whether there is a budget, for which every call has something set aside.
    package var hasBudget = false
    package var budgetMode = Reservation.Mode.soft
    /// What models cost; nil without a budget of money and without a table.
    package var prices: PriceTable?
    /// Whether a model without a price may be called on a budget of money.
    package var allowsUnknownPrices = false

    /// Called before a call is sent, with its number: it is sent when the second argument is called, from whatever
    /// thread.
    package var beforeCall: (@Sendable (Int64, @escaping @Sendable () -> Void) -> Void)?

    /// Whether nothing is sent and nothing written: what is asked for is compared with what was recorded.
    package var isCheck = false

    package init() {}

    /// Where the token travels.
    package enum TokenPlace: String, Sendable, CaseIterable {
        /// In the base URL, which every client sends.
        case path
        /// In a header, which only the clients send that read `OPENAI_CUSTOM_HEADERS` or
        /// `ANTHROPIC_CUSTOM_HEADERS`.
        case header
    }

    /// How a stream comes that was recorded.
    package enum ReplayPace: String, Sendable, CaseIterable {
        /// All of it.
        case atOnce = "at-once"
        /// With the pauses that it had.
        case recorded
    }

    /// What becomes of a call while the daemon cannot write: a full disk, for example.
    package enum OnStoreError: String, Sendable, CaseIterable {
        /// It is refused, and the end of an answer waits until it can be written.
        case fail
        /// It is sent, and answered, without being recorded.
        case pass
    }

    /// What becomes of a request that was not recorded.
    package enum OnDivergence: String, Sendable, CaseIterable {
        /// It is sent, and paid.
        case live
        /// It is refused.
        case fail
    }
}
