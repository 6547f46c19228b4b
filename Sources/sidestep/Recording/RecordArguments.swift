import ArgumentParser
import Sidestep
import SidestepProtocol
import SidestepRecorder
import SidestepRecording

/// What `sidestep run` understands of recording.
struct RecordArguments: ParsableArguments {
    enum Buffer: String, ExpressibleByArgument, CaseIterable { case end, full }
    enum CredentialMode: String, ExpressibleByArgument, CaseIterable { case pass, inject }
    enum Reroll: String, ExpressibleByArgument, CaseIterable { case auto, never }
    enum ToolDrift: String, ExpressibleByArgument, CaseIterable { case volatile, any }
    enum StoreRequests: String, ExpressibleByArgument, CaseIterable { case none, blocks }
    enum Allow: String, ExpressibleByArgument, CaseIterable { case refuse, allow }

    @Flag(
        help:
            "Lead the program's calls to AI providers through a recorder of this run, which keeps what they answer."
    )
    var record = false
    @Option(
        help: ArgumentHelp(
            "With --record: a provider by another address, also one on this host; may be repeated.",
            valueName: "name=url"))
    var upstream: [TagArgument] = []
    @Option(
        help: ArgumentHelp(
            "With --record: a program whose variables are its own: \(Self.profiles). May be repeated.",
            valueName: "name"))
    var profile: [String] = []
    @Option(
        help: ArgumentHelp(
            "With --record: a variable that is to hold a provider's base URL; may be repeated.",
            valueName: "variable=provider[/path]"))
    var setURL: [String] = []
    @Option(
        help: ArgumentHelp(
            "With --record: where the address of a call carries what lets it in; `header` works only with "
                + "clients that read OPENAI_CUSTOM_HEADERS or ANTHROPIC_CUSTOM_HEADERS."))
    var token: RecorderOptions.TokenPlace = .path
    @Option(
        help: ArgumentHelp(
            "With --record: also listen on this Unix socket, for programs that can use one and for those without a "
                + "network; they find it in SIDESTEP_HTTP_SOCKET.", valueName: "path"))
    var httpSocket: String?
    @Option(
        help: ArgumentHelp(
            "With --record: bytes of a request, and of an answer that is kept.", valueName: "bytes"))
    var maxBody = 64 << 20
    @Option(help: "With --record: what becomes of requests that no table knows.")
    var unknown: Endpoint.Unknown = .record
    @Option(
        help: "With --record: what becomes of a call that was not made before, while some are not made again."
    )
    var onDivergence: RecorderOptions.OnDivergence = .live
    @Option(
        help: ArgumentHelp(
            "With --record: what becomes of a call while the daemon cannot write, as on a full disk: an error for the "
                + "program, or the call goes unrecorded and the next start pays for it again."))
    var onStoreError: RecorderOptions.OnStoreError = .fail
    @Option(help: "With --record: whether the end of an answer waits until it is recorded, or all of it.")
    var buffer: Buffer = .end
    @Option(
        help:
            "With --record: whether recorded streams come at once, or with the pauses that they had."
    )
    var replayPace: RecorderOptions.ReplayPace = .atOnce
    @Option(
        help: ArgumentHelp(
            "With --record: how long a call that the program has left goes on.", valueName: "span"))
    var detachGrace = SpanArgument(argument: "20s")!
    @Option(
        help: ArgumentHelp(
            "With --record: how long a call goes on whose program has ended.", valueName: "span"))
    var inflightMax = SpanArgument(argument: "15m")!
    @Option(
        help: ArgumentHelp(
            "With --record: how often a call is sent again that came to nothing before the program had a byte of it: "
                + "no connection, or an error that passes. For programs that do not try again themselves.",
            valueName: "n"))
    var upstreamRetries = 0
    @Option(
        help: ArgumentHelp(
            "With --record: what may differ in a call anywhere: time, uuid, tmp, address, separated by commas.",
            valueName: "kinds"))
    var mask: VolatileNames?
    @Option(
        help: ArgumentHelp(
            "With --record: what may differ in the results of tools: times and the like, or `any`, also where a tool "
                + "that said yes says no.", valueName: "what"))
    var toolDrift: ToolDrift = .volatile
    @Option(
        help: ArgumentHelp(
            "With --record: whether requests are kept, piece by piece, or only known again; without them nothing tells "
                + "where two differ.", valueName: "how"))
    var storeRequests: StoreRequests = .blocks
    @Option(
        help:
            "With --record: whether answers are drawn again after which the program ends badly again and again."
    )
    var reroll: Reroll = .auto
    @Option(help: "With --record: how often answers are drawn again, in all.")
    var maxReroll = PoisonEscape.standardLimit
    @Option(
        help: ArgumentHelp(
            "With --record: the program does not get the provider's key, which stands in this file; its calls do. "
                + "May be repeated. $CREDENTIALS_DIRECTORY is looked into as well when `inject` is given.",
            valueName: "name=file"))
    var credential: [TagArgument] = []
    @Option(help: "With --record: whether the program's own keys are sent on, or those of --credential.")
    var credentials: CredentialMode?
    @Option(
        help: ArgumentHelp(
            "With --record: how long after the run's end requests and answers are kept; as long as the run when left "
                + "out.", valueName: "span"))
    var retain: SpanArgument?
    @Flag(help: "With --record: requests and answers are deleted when the run completes.")
    var forgetOnSuccess = false
    @OptionGroup var key: RecordingKeyOption
    @OptionGroup var budget: RecordBudget

    private static let uncounted =
        "what --on-store-error pass lets go unrecorded would be counted in no budget"

    func validate() throws {
        if upstreamRetries < 0 { throw ValidationError("--upstream-retries is 0 or more") }
        if onStoreError == .pass && budget.json != nil {
            throw ValidationError("\(Self.uncounted); leave the budget or --on-store-error out")
        }
    }

    private static let profiles = AgentProfile.all.keys.sorted().joined(separator: ", ")

    /// What the command line and the environment say together.
    func options(_ environment: Environment, hasBudget: Bool) throws -> RecorderOptions {
        var options = RecorderOptions()
        options.token = token
        options.socket = httpSocket.map { SocketFile(path: RunCommand.absolute($0)) }
        options.maximumBody = maxBody
        options.unknown = unknown
        options.onDivergence = onDivergence
        options.onStoreError = onStoreError
        options.isWhollyBuffered = buffer == .full
        options.replayPace = replayPace
        options.detachGrace = detachGrace.duration
        options.inflightMaximum = inflightMax.duration
        options.keys.mask = mask?.kinds ?? []
        options.keys.ignoresToolResults = toolDrift == .any
        options.keepsRequests = storeRequests == .blocks
        options.retries = UpstreamRetries(upstreamRetries)
        options.rerolls = reroll == .never ? 0 : maxReroll
        try addUpstreams(to: &options, environment)
        options.recordingKey = try key.key(environment)
        options.retain = retain?.duration
        options.forgetsOnSuccess = forgetOnSuccess
        options.credentials = try keys(options, environment)
        try budget.add(to: &options, environment, hasBudget: hasBudget)
        if onStoreError == .pass && options.hasBudget {
            throw Self.wrong(Self.uncounted, "The run has one: leave --on-store-error out.")
        }
        return options
    }

    private func keys(_ options: RecorderOptions, _ environment: Environment) throws -> Credentials? {
        guard credentials ?? (credential.isEmpty ? .pass : .inject) == .inject else { return nil }
        var keys = Credentials()
        if let folder = environment["CREDENTIALS_DIRECTORY"] {
            for name in options.upstreams.names { _ = keys.read(name, from: folder + "/" + name) }
        }
        for entry in credential where !keys.read(entry.name, from: entry.value) {
            throw Self.wrong(
                "the key of '\(entry.name)' cannot be read from \(entry.value)",
                "--credential names a provider and a file that holds its key.")
        }
        guard !keys.names.isEmpty else {
            throw Self.wrong(
                "there is no key to send",
                "Give --credential NAME=FILE, or LoadCredential=NAME:FILE in a unit.")
        }
        return keys
    }

    private func addUpstreams(to options: inout RecorderOptions, _ environment: Environment) throws {
        do {
            for named in upstream {
                options.upstreams.add(try Upstream(named.name, named.value, isNamed: true))
            }
            for name in profile where try !options.apply(profile: name) {
                throw Self.wrong(
                    "there is no profile '\(name)'", "There are \(Self.profiles); --set-url does without one."
                )
            }
            for text in setURL {
                guard let variable = BaseVariable(argument: text), options.upstreams[variable.upstream] != nil
                else {
                    throw Self.wrong(
                        "--set-url '\(text)' names no provider that is known",
                        "Write VARIABLE=PROVIDER[/PATH], and --upstream PROVIDER=URL for one of your own.")
                }
                options.variables.append(variable)
            }
            try options.adopt(environment.variables, except: Set(upstream.map(\.name)))
        } catch let problem as UpstreamProblem {
            throw Self.wrong(problem.message, "Write --upstream NAME=https://HOST[/PATH].")
        }
    }

    static func wrong(_ message: String, _ hint: String) -> SidestepError {
        SidestepError(.invalidArgument, message, hint: hint)
    }
}

/// Kinds of what is volatile in texts, by name.
struct VolatileNames: ExpressibleByArgument {
    let kinds: VolatileKinds
    let text: String

    init?(argument: String) {
        text = argument
        guard let kinds = VolatileKinds(names: argument) else { return nil }
        self.kinds = kinds
    }
}

extension RecorderOptions.TokenPlace: ExpressibleByArgument {}
extension RecorderOptions.OnDivergence: ExpressibleByArgument {}
extension RecorderOptions.OnStoreError: ExpressibleByArgument {}
extension RecorderOptions.ReplayPace: ExpressibleByArgument {}
extension Endpoint.Unknown: ExpressibleByArgument {}
extension Reservation.Mode: ExpressibleByArgument {}
