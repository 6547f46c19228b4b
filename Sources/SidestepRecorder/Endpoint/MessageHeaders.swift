/// Headers as they are handed on, in both directions.
enum MessageHeaders {
    typealias List = [(name: String, value: String)]

    /// Of one connection, not of the message: RFC 9110 §7.6.1; and what each side's HTTP sets by itself.
    private static let ofConnection: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
        "trailer",
        "transfer-encoding", "upgrade", "http2-settings",
    ]

    /// What the upstream gets of the agent's headers: all but those of the connection. Nothing is asked for
    /// in another encoding, so that what is recorded can be read.
    static func outgoing(_ headers: List) -> List {
        let dropped = ofConnection.union([
            "host", "content-length", "expect", "accept-encoding", Door.tokenHeader,
        ]).union(named(in: headers))
        return headers.filter { !dropped.contains($0.name.lowercased()) } + [("accept-encoding", "identity")]
    }

    /// What the agent gets of the upstream's.
    static func incoming(_ headers: List) -> List {
        let dropped = ofConnection.union(named(in: headers))
        return headers.filter { !dropped.contains($0.name.lowercased()) }
    }

    /// Those that `Connection` names.
    private static func named(in headers: List) -> Set<String> {
        let values = headers.filter { $0.name.lowercased() == "connection" }.map { $0.value.lowercased() }
        return Set(
            values.flatMap { $0.split { $0 == "," || $0 == " " || $0 == "\t" } }.map(String.init)
        ).subtracting(["content-type", "authorization"])
    }
}
