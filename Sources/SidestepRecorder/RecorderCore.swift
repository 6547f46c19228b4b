import NIOCore
import NIOHTTP1
import Sidestep
import SidestepProtocol
import SidestepRecording

/// The recorder's state. All of it belongs to one event loop, and is touched by nobody else.
final class RecorderCore {
    let loop: any EventLoop
    let options: RecorderOptions
    let ledger: Ledger
    let providers: Providers
    var report = RecorderReport()

    /// Which recording answers which request.
    var resolution = Resolution()
    /// By which requests are known again: of the run, from the daemon.
    var key: [UInt8] = []
    /// Why the recordings there are cannot be used with the key that was given, or without one.
    var sealProblem: SealProblem?
    var injection = UsageInjection()
    /// Calls that are written down and have no end yet, by their numbers.
    var live: [Int64: LiveCall] = [:]
    /// Those that are being written down.
    var beginning: [LiveCall] = []
    /// What the agent is being given of recorded answers and of those that are coming.
    var open: [ObjectIdentifier: Delivery] = [:]
    /// What completed recordings used, and the last of each place, which the next request of it grows from.
    var tokens: [Int64: Int64] = [:]
    /// Tries that came to nothing and may have been paid for.
    var lost = LostTries()
    var latest: [String: Int64] = [:]
    /// Answers that are made at their providers and that nobody records, by the exact keys of their calls.
    var left: [String: [BackgroundReply]] = [:]
    /// Answers whose usage is booked, by the providers' ids.
    var countedReplies: Set<String> = []
    /// Recordings that were completed in this start.
    private(set) var completedInEpoch = 0

    /// Whether the recorder is ending: nothing is sent any more.
    private(set) var isClosing = false

    /// What happens when no call is under way any more.
    private var allEnded: (() -> Void)?
    private var poison: PoisonEscape
    private var door = Door(port: 0)
    private var token: EpochToken?
    /// Those of starts that are over.
    private var formerTokens: [EpochToken] = []
    private var connections: [ObjectIdentifier: AgentConnection] = [:]
    private var sockets: [ObjectIdentifier: AgentSocket] = [:]

    init(_ loop: any EventLoop, _ options: RecorderOptions, _ ledger: Ledger) {
        (self.loop, self.options, self.ledger) = (loop, options, ledger)
        providers = Providers(options.credentials)
        poison = PoisonEscape(limit: options.rerolls)
    }

    func listens(at port: Int) { door = Door(port: port) }

    // MARK: Starts of the agent

    /// Whether a start of the agent is under way.
    var isRunning: Bool { token != nil }

    /// The agent begins: what it shows from now on is this, and what it showed before is of no use any more.
    /// It has been given nothing.
    func begin(_ token: EpochToken, lease: String, then done: @escaping (SidestepError?) -> Void) {
        end()
        ledger.lease = lease
        if options.isCheck {
            self.token = token
            report.epochs += 1
            return beginCheck(then: done)
        }
        let isFirst = key.isEmpty
        ledger.open(options) { [self] outcome in
            switch outcome {
            case .failure(let error): done(error)
            case .success(let key):
                use(key)
                resolution.newEpoch()
                completedInEpoch = 0
                report.epochs += 1
                self.token = token
                if isFirst { load(then: done) } else { forget(then: done) }
            }
        }
    }

    /// What was recorded before this process was there.
    private func load(then done: @escaping (SidestepError?) -> Void) {
        ledger.keptReplies { [self] kept in
            var kept = kept
            ledger.list(
                "completed", "in_doubt", "failed", "cancelled",
                each: { [self] entry in
                    check(entry)
                    entry["state"]?.string == "completed" ? loadCompleted(entry) : loadLost(entry, &kept)
                },
                then: { [self] error in
                    // Of the run that this one was forked from, or of a call whose end was written down.
                    let error = error ?? sealError
                    if error == nil { for number in kept.keys { ledger.forget(number) } }
                    done(error)
                })
        }
    }

    private func loadCompleted(_ entry: RawJSON) {
        guard let number = entry["recording"]?.integer else { return }
        // What was deleted is asked for again, as what was never recorded.
        if entry.present("forgotten_at") != nil { return report.forgotten += 1 }
        let place = [entry["http_method"], entry["upstream"], entry["path"]].map { $0?.string ?? "" }
            .joined(separator: " ")
        resolution.load(
            recording: number, keys: entry["keys"]?.elements.compactMap(\.string) ?? [], place: place,
            toolReferences: entry["tool_ids"]?.elements.compactMap(\.string) ?? [])
        note(number, entry["usage"])
        latest[place] = number
    }

    /// A try that may have been paid for without a result, unless its answer can still be read.
    private func loadLost(_ entry: RawJSON, _ kept: inout [Int64: BackgroundReply]) {
        guard let key = entry["keys"]?.elements.first?.string else { return }
        if entry["state"]?.string == "in_doubt",
            let reply = kept.removeValue(forKey: entry["recording"]?.integer ?? 0)
        {
            return left[key, default: []].append(reply)
        }
        let isReported = entry["usage_source"]?.string == "reported"
        guard isReported || entry["state"]?.string == "in_doubt" else { return }
        lost.add(key, tokens: isReported ? Self.tokens(of: entry["usage"]) : nil)
    }

    /// What somebody has withdrawn since.
    private func forget(then done: @escaping (SidestepError?) -> Void) {
        ledger.list(
            "superseded",
            each: { [self] entry in
                if let number = entry["recording"]?.integer { resolution.superseded(recording: number) }
            }, then: done)
    }

    func note(_ number: Int64, _ usage: RawJSON?) {
        tokens[number] = Self.tokens(of: usage)
    }

    private static func tokens(of usage: RawJSON?) -> Int64 {
        (usage?["input_tokens"]?.integer ?? 0) &+ (usage?["output_tokens"]?.integer ?? 0)
    }

    /// The agent has ended: its calls go on for the next start.
    func end() {
        guard let token else { return }
        // Its sockets are closed by now, whether or not we have been told.
        noticeClients()
        formerTokens.append(token)
        self.token = nil
        // A request shows its token; a socket was let in once.
        for socket in Array(sockets.values) { socket.close(1001, "the start of the program has ended") }
        for call in Array(live.values) { call.epochEnded() }
    }

    /// Notices clients that have gone and whose end we have not been told of.
    func noticeClients() {
        for delivery in open.values + beginning.flatMap(\.answer.deliveries) { delivery.notice() }
    }

    func noteCompleted() { completedInEpoch += 1 }

    /// The way out of answers after which the program ends badly whenever it is given them.
    func escape(progressed: Bool, then done: @escaping (SidestepError?) -> Void) {
        let poisoned = poison.ended(
            badly: true, progressed: progressed || completedInEpoch > 0, consumed: resolution.consumed,
            frontier: resolution.frontier)
        reroll(poisoned[...], then: done)
    }

    private func reroll(_ numbers: ArraySlice<Int64>, then done: @escaping (SidestepError?) -> Void) {
        guard let number = numbers.first else { return done(nil) }
        ledger.reroll(number) { [self] error in
            if error == nil {
                resolution.superseded(recording: number)
                report.rerolled.append(number)
            }
            reroll(numbers.dropFirst(), then: done)
        }
    }

    /// How long a daemon is waited for that is to write down what has ended: as long as the supervisor waits for it. A
    /// call that is left without an end may be asked for again, and paid twice.
    private static let patience = TimeAmount.seconds(60)

    /// Ends everything; `done` is called when what has ended is written down, or the daemon has been away for too
    /// long.
    ///
    /// - Parameter finishing: whether calls that are under way are read to their ends: who goes on with the run is
    ///   given them.
    func close(finishing: Bool, then done: @escaping (SidestepError?) -> Void) {
        end()
        isClosing = true
        for connection in connections.values { connection.close() }
        allEnded = { [self] in settle(then: done) }
        if !finishing { for call in Array(live.values) { call.cancel() } }
        noteEnd()
    }

    /// A call has ended; what waits for all of them goes on with the last.
    func noteEnd() { if live.isEmpty { allEnded.take()?() } }

    private func settle(then done: @escaping (SidestepError?) -> Void) {
        providers.close()
        let once = NIOLoopBound(Once(done), eventLoop: loop)
        compareAtEnd()
        ledger.settle { once.value.call(nil) }
        loop.scheduleTask(in: Self.patience) { once.value.call(nil) }
    }

    /// Whoever comes first tells.
    private final class Once {
        private var work: ((SidestepError?) -> Void)?
        init(_ work: @escaping (SidestepError?) -> Void) { self.work = work }
        func call(_ error: SidestepError?) { work.take()?(error) }
    }

    // MARK: Connections

    /// At once: above the first number idle ones are closed, above the second new ones.
    private static let (many, tooMany) = (64, 1000)

    /// Takes a connection in; false when it is of another user.
    func opened(_ connection: AgentConnection, _ channel: any Channel, by entrance: Door.Entrance) -> Bool {
        guard isOurs(channel, entrance) else { return false }
        if connections.count >= Self.many { connections.values.first(where: \.isIdle)?.close() }
        if connections.count >= Self.tooMany { return false }
        connections[ObjectIdentifier(connection)] = connection
        return true
    }

    func opened(_ socket: AgentSocket) { sockets[ObjectIdentifier(socket)] = socket }

    func closed(_ socket: AgentSocket) { sockets[ObjectIdentifier(socket)] = nil }

    func closed(_ connection: AgentConnection) { connections[ObjectIdentifier(connection)] = nil }

    private func isOurs(_ channel: any Channel, _ entrance: Door.Entrance) -> Bool {
        switch PeerUser.of(channel, by: entrance) {
        case .user(let user): user == PeerUser.own || user == 0
        case .gone: false
        case .unknown: true
        }
    }

    // MARK: Requests

    /// Lets a request in.
    func admission(
        _ head: HTTPRequestHead, by entrance: Door.Entrance, forSocket: Bool = false
    ) throws(Rejection) -> Door.Admission {
        let admission = try door.admission(head, by: entrance, forSocket: forSocket)
        guard let token, token.isShown(by: admission.token) else {
            if formerTokens.contains(where: { $0.isShown(by: admission.token) }) {
                throw Rejection(
                    .leaseLost, "the start of the program that this address was made for has ended")
            }
            throw Rejection(
                .runNotFound, "the address is of no run that is recorded here: it has no token, or another")
        }
        guard options.upstreams[admission.upstream] != nil else {
            throw Rejection(
                .runNotFound,
                "no upstream is called '\(admission.upstream.prefix(100))': name it with --upstream NAME=URL")
        }
        if let credentials = options.credentials, credentials[admission.upstream] == nil {
            throw Rejection(
                .notPermitted,
                "there is no key for the upstream '\(admission.upstream)': --credential \(admission.upstream)=FILE "
                    + "names one")
        }
        return admission
    }

    var bodyTooLarge: Rejection {
        Rejection(
            .payloadTooLarge,
            "the request is longer than \(options.maximumBody) bytes: --max-body raises the limit")
    }
}
