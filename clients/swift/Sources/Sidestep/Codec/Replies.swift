import SidestepModel
import SidestepProtocol

/// What a line from the daemon means to a client.
enum Incoming {
    /// The answer to call number `id`.
    case answer(id: Int, Result<RawJSON, SidestepError>)
    /// A notification, sent because this connection holds or watches a run.
    case notification(method: String, params: RawJSON?)
    /// Nothing this client understands.
    case noise

    /// Reads one line.
    init(line: ArraySlice<UInt8>) {
        guard case .single(let item) = FrameParser.parse(line, limits: Self.limits) else {
            self = .noise
            return
        }
        self.init(item)
    }

    private init(_ item: FrameItem) {
        switch item {
        case .response(let response):
            // An answer under no number of ours tells that the daemon could not read a line.
            self = .answer(id: response.id.int ?? 0, response.outcome.mapError { SidestepError($0) })
        case .request(let request) where request.id == nil:
            self = .notification(method: request.method, params: request.params)
        default: self = .noise
        }
    }

    /// The daemon bounds what it is sent; what it sends is bounded by memory alone.
    static let limits: Limits = {
        var limits = Limits()
        limits.frameBytes = .max
        limits.depth += 8  // a payload of full depth stands a few levels down in a reply
        return limits
    }()
}

extension SidestepError {
    /// Reads an error of the daemon.
    init(_ error: RPCError) {
        self.init(Self.kind(of: error), error.message)
        code = error.code
        guard let data = error.data else { return }
        run = data["run"]?.string
        step = data["step"]?.string
        which = data["which"]?.string
        reason = data["reason"]?.string
        limit = data["limit"]?.string
        hint = data["hint"]?.string
        attempt = data["attempt"]?.int
        owner = data["owner"].flatMap(Owner.init)
        retryAfter = data["retry_after_ms"]?.int.map { .milliseconds($0) }
        failure = data["failure"]
        output = data["output"]
    }

    private static func kind(of error: RPCError) -> Kind {
        if let kind = error.kind { return Kind(rawValue: kind) }
        switch error.code {
        case -32601: return .methodNotFound
        case -32602: return .invalidArgument
        default: return Kind(rawValue: "rpc_error")
        }
    }
}

extension SidestepError.Owner {
    init?(_ json: RawJSON) {
        guard let pid = json["pid"]?.int else { return nil }
        self.init(
            pid: pid, uid: json["uid"]?.int, kind: json["kind"]?.string, since: json["since_at"]?.date)
    }
}

extension RawJSON {
    /// An integer that fits this machine's `Int`.
    package var int: Int? { integer.flatMap(Int.init(exactly:)) }

    /// The member with this name unless it is missing or null; on the wire both say nothing.
    package func present(_ key: String) -> RawJSON? {
        guard let value = self[key], !value.isNull else { return nil }
        return value
    }
}
