import SidestepProtocol

/// An entry of a journal as watchers are told of it.
struct Entry: Equatable, Sendable {
    let sequence: Int64
    /// The parameters of `run.event`.
    let params: RawJSON

    /// Nil for what is no entry.
    init?(_ params: RawJSON) {
        guard let sequence = params["sequence"]?.integer else { return nil }
        (self.sequence, self.params) = (sequence, params)
    }
}

/// Server-sent events as text: the HTML standard, §9.2.
enum EventText {
    /// One entry; the browser gives its number back when it comes again.
    static func entry(_ entry: Entry) -> [UInt8] {
        // A line that ends within the data would begin another field: the payloads of clients are in it.
        let isOneLine = !entry.params.bytes.contains { $0 == 0x0A || $0 == 0x0D }
        let data = isOneLine ? entry.params : entry.params.compact
        return Array("id: \(entry.sequence)\ndata: ".utf8) + data.bytes + Array("\n\n".utf8)
    }

    /// The first thing that a stream is told, and again when sequences begin anew.
    static func hello(_ sequence: Int64) -> [UInt8] {
        Array("event: hello\nid: \(sequence)\ndata: {\"sequence\":\(sequence)}\n\n".utf8)
    }

    /// How far a backup or vacuum is.
    static func progress(_ params: RawJSON) -> [UInt8] {
        Array("event: progress\ndata: ".utf8) + params.compact.bytes + Array("\n\n".utf8)
    }

    /// The daemon has gone away.
    static let gone = Array("event: gone\ndata: {}\n\n".utf8)
    /// It is there again, and what follows goes on behind the last entry.
    static let back = Array("event: back\ndata: {}\n\n".utf8)
    /// After how many milliseconds a browser comes again.
    static let retry = Array("retry: 500\n\n".utf8)

    /// What a stream begins behind: what the browser saw last, or what its page asks for.
    ///
    /// - Returns: nil when neither says anything; a failure when one is no sequence.
    static func start(lastSeen: String?, asked: String?) -> Result<Int64?, Refusal> {
        guard let text = [lastSeen, asked].compactMap(\.self).first(where: { !$0.isEmpty }) else {
            return .success(nil)
        }
        guard let number = Int64(text), number >= 0, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            return .failure(
                Refusal(400, "invalid_argument", "`after` is no sequence", hint: "Leave it out: from now on.")
            )
        }
        return .success(number)
    }
}
