import NIOCore
import NIOHTTP1
import SidestepProtocol

/// What the server knows; touched by its loop alone.
final class PageCore {
    /// What becomes of a connection.
    enum Admission { case welcome, tooMany, stranger }

    /// Connections that are open at the same time.
    static let mostConnections = 64

    let options: PageOptions
    let loop: any EventLoop
    let calls: DaemonCalls
    let patience: TimeAmount
    private var door = Door(port: 0)
    private var codes: OneTimeCodes
    private var sessions = Sessions(port: 0)
    private var connections: [ObjectIdentifier: BrowserConnection] = [:]
    private lazy var hub = EventHub(loop, calls.finder)

    init(_ loop: any EventLoop, _ options: PageOptions, _ calls: DaemonCalls) {
        (self.loop, self.options, self.calls) = (loop, options, calls)
        patience = .nanoseconds(options.patience.nanoseconds)
        codes = OneTimeCodes(goodFor: options.codesGoodFor)
    }

    func listens(at port: Int) {
        door = Door(port: port)
        sessions = Sessions(port: port)
    }

    /// An address with a code that has not been used.
    func newLink() -> String { "http://127.0.0.1:\(door.port)/#\(codes.make(at: .now).text)" }

    /// Ends all connections.
    func close() {
        hub.close()
        for connection in Array(connections.values) { connection.close() }
    }

    // MARK: Connections

    func admit(_ connection: BrowserConnection, _ channel: any Channel) -> Admission {
        guard let user = PeerUser.of(channel), options.admitted.contains(user) else { return .stranger }
        if connections.count >= Self.mostConnections, let idle = connections.values.first(where: \.isIdle) {
            left(idle)
            idle.close()
        }
        guard connections.count < Self.mostConnections else { return .tooMany }
        connections[ObjectIdentifier(connection)] = connection
        return .welcome
    }

    func left(_ connection: BrowserConnection) { connections[ObjectIdentifier(connection)] = nil }

    // MARK: Requests

    /// Whether a request may come in, by its head alone, and where it leads.
    func admission(_ head: HTTPRequestHead) throws(Refusal) -> Route {
        try door.check(head)
        let route = Route(head.uri)
        try door.check(head, to: route)
        if route.needsSession(head.method) {
            guard sessions.holds(head.headers["cookie"]) else { throw Refusal.noSession }
        }
        return route
    }

    func serve(_ request: IncomingRequest, by connection: BrowserConnection) {
        switch request.route {
        case .page: connection.answer(file("index.html", request))
        case .file(let name): connection.answer(file(name, request))
        case .session where request.head.method == .POST: connection.answer(begin(request.body))
        case .session: tellSession(connection)
        case .call: call(request.body, connection)
        case .events: hub.open(connection, request.head)
        case .metrics: tellMetrics(connection)
        case .nothing: connection.answer(.refusal(Self.nothing))
        }
    }

    private static let nothing = Refusal(
        404, "invalid_argument", "there is nothing at this address", hint: "Begin at /.")

    private func file(_ name: String, _ request: IncomingRequest) -> Reply {
        guard let asset = PageAsset.all[name] else { return .refusal(Self.nothing) }
        return asset.reply(known: request.head.headers["if-none-match"])
    }

    private func begin(_ body: [UInt8]) -> Reply {
        let code = (try? RawJSON(parsing: body))?["code"]?.string ?? ""
        guard codes.take(code, at: .now) else { return .refusal(.badCode) }
        return Reply(204, [("set-cookie", sessions.begin())])
    }

    // MARK: What the daemon is asked

    private func call(_ body: [UInt8], _ connection: BrowserConnection) {
        do throws(Refusal) {
            let call = try CallBody(body, isReadOnly: options.isReadOnly)
            ask(call.method, call.params, for: connection) { connection.answer(Self.reply(to: $0)) }
        } catch {
            connection.answer(.refusal(error))
        }
    }

    private static func reply(to outcome: DaemonCalls.Outcome) -> Reply {
        switch outcome {
        case .result(let value): .result(value)
        case .refused(let error): .error(error)
        case .unavailable(let reason): .refusal(.unavailable(reason))
        }
    }

    /// Asks the daemon; a browser that goes away meanwhile gives the call up.
    private func ask(
        _ method: String, _ params: RawJSON, for connection: BrowserConnection,
        then done: @escaping (DaemonCalls.Outcome) -> Void
    ) {
        let bound = NIOLoopBound(done, eventLoop: loop)
        let hub = NIOLoopBound(hub, eventLoop: loop)
        let ticket = calls.call(
            method, params, told: { [loop] progress in loop.execute { hub.value.tell(progress) } },
            then: { [loop] outcome in loop.execute { bound.value(outcome) } })
        connection.whenGone = { [calls] in calls.giveUp(ticket) }
    }

    private func tellMetrics(_ connection: BrowserConnection) {
        guard options.hasMetrics else { return connection.answer(.refusal(Self.nothing)) }
        ask("system.metrics", .emptyObject, for: connection) { outcome in
            guard case .result(let value) = outcome else {
                return connection.answer(Self.reply(to: outcome))
            }
            let type = "application/openmetrics-text; version=1.0.0; charset=utf-8"
            let text = ByteBuffer(string: value["text"]?.string ?? "")
            connection.answer(Reply(200, [("content-type", type)], body: text))
        }
    }

    private func tellSession(_ connection: BrowserConnection) {
        ask("system.info", .emptyObject, for: connection) { [options, calls] outcome in
            var info: RawJSON?
            if case .result(let value) = outcome { info = value }
            let facts = SessionFacts(options: options, info: info, socket: calls.finder.path)
            connection.answer(.json(200, facts.json))
        }
    }
}

extension Duration {
    /// As many as fit.
    var nanoseconds: Int64 {
        let (whole, isOver) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return isOver ? .max / 2 : whole + components.attoseconds / 1_000_000_000
    }
}
