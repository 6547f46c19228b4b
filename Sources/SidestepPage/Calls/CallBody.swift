import SidestepProtocol

/// A call of the page: what its body says, once it may be made.
struct CallBody: Equatable {
    let method: String
    /// On one line, however it was written: the daemon reads lines, and one within it would be a call of its own.
    let params: RawJSON

    init(_ body: [UInt8], isReadOnly: Bool) throws(Refusal) {
        guard let json = try? RawJSON(parsing: body), let name = json["method"]?.string else {
            throw Self.unreadable
        }
        let params = json["params"] ?? .emptyObject
        guard params.kind == .object || params.isNull else { throw Self.unreadable }
        (method, self.params) = (name, params.isNull ? .emptyObject : params.compact)
        try Self.check(name, self.params, isReadOnly)
    }

    private static func check(_ name: String, _ params: RawJSON, _ isReadOnly: Bool) throws(Refusal) {
        let method = MethodTable.named(name)
        // A lease that lives by its time is no connection's: the page records an edited output in a fork by one.
        if method?.isOfConnection == true, params["owner"]?.string != "ttl" {
            throw Refusal(
                200, "unsupported", "`\(name)` is about a connection of one's own, which a page has not",
                hint: "Use a client, or `sidestep call`.")
        }
        if isReadOnly, method?.onlyReads != true {
            throw Refusal(
                200, "not_permitted", "`\(name.prefix(100))` changes something, and this page may only look",
                hint: "Start `sidestep ui` without --read-only.")
        }
    }

    private static let unreadable = Refusal(
        400, "invalid_argument", "the body is no call", hint: #"Send {"method":"run.list","params":{}}."#)
}
