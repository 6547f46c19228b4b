import NIOHTTP1

/// What a path leads to.
enum Route: Equatable, Sendable {
    /// The page, whatever it shows: it finds that out from its address.
    case page
    /// A file of the page.
    case file(String)
    case session, call, events, metrics
    case nothing

    /// - Parameter target: path and query.
    init(_ target: String) {
        let path = target.prefix { $0 != "?" }
        switch path {
        case "/session": self = .session
        case "/rpc": self = .call
        case "/events": self = .events
        case "/metrics": self = .metrics
        // A run may be called anything.
        case _ where path.hasPrefix("/runs/"): self = .page
        default:
            let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            if parts.last?.contains(".") != true {
                self = .page
            } else {
                self = parts.count == 1 ? .file(String(parts[0])) : .nothing
            }
        }
    }

    var methods: [HTTPMethod] {
        switch self {
        case .call: [.POST]
        case .session: [.GET, .HEAD, .POST]
        default: [.GET, .HEAD]
        }
    }

    /// Whether only a browser with a session gets an answer.
    func needsSession(_ method: HTTPMethod) -> Bool {
        switch self {
        case .call, .events: true
        case .session: method != .POST
        default: false
        }
    }
}

/// What stands behind the question mark of a request.
enum Query {
    /// The first value of a name; none of ours has anything in it that would be encoded.
    static func value(_ name: String, in target: String) -> String? {
        guard let start = target.firstIndex(of: "?") else { return nil }
        let pairs = target[target.index(after: start)...].split(separator: "&")
        return pairs.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
