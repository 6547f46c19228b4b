import SidestepProtocol

/// How the answers of one API are read.
protocol ReplyReader: Sendable {
    /// What was read so far.
    var facts: ReplyFacts { get }
    /// Whether a client may take what has come for the whole answer: it is held back from there on.
    var mayBeEnd: Bool { get }
    /// Whether it is the whole answer, when the connection ended well or not.
    func isWhole(endedWell: Bool) -> Bool
    /// What the provider says went wrong.
    var failure: String? { get }
    /// Takes the next event of a stream or frame of a WebSocket.
    mutating func take(_ event: RawJSON, type: String)
    /// The data `[DONE]`, by which some streams end.
    mutating func takeDone()
    /// Takes a body that is one JSON value.
    mutating func take(whole: RawJSON)
}

extension ReplyReader {
    mutating func takeDone() {}
}

extension RawJSON {
    /// A member that is there and not null.
    func value(_ name: String) -> RawJSON? {
        self[name].flatMap { $0.isNull ? nil : $0 }
    }

    /// An integer member that is no less than 0; 0 without one.
    func count(_ name: String) -> Int64 { max(0, self[name]?.integer ?? 0) }

    /// Bytes of a text member.
    func textBytes(_ name: String) -> Int { self[name]?.string?.utf8.count ?? 0 }

    /// A provider's sentence about what went wrong: of `error` or of the value itself, cut to a line.
    var complaint: String {
        let error = value("error") ?? self
        let text = error["message"]?.string ?? error.string ?? error["type"]?.string ?? error["code"]?.text
        return String((text ?? "The provider reported an error.").prefix(200))
    }
}
