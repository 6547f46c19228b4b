import SidestepModel

/// When the recorder itself sends a call once more that came to nothing, for clients that do not: before the agent has
/// a byte of it, and only where it was certainly not paid for.
public struct UpstreamRetries: Sendable, Equatable {
    /// What came of a try.
    public enum Outcome: Sendable {
        /// There was no connection: nothing was sent.
        case unreached
        /// The provider answered, and the agent was handed nothing of it.
        case answered(status: Int, headers: [(name: String, value: String)])
    }

    /// Tries besides the first one, at most.
    public let limit: Int

    /// So many tries besides the first one.
    public init(_ limit: Int) { self.limit = limit }

    /// How long is waited for a provider that says when: who has to wait longer is told so, and decides himself.
    public static let longest: Int64 = 60_000
    /// The first pause without such a word, and the longest, as clients of the providers have them; milliseconds.
    private static let (first, most): (Int64, Int64) = (500, 8000)

    /// Milliseconds until the next try; nil where what came is handed on.
    ///
    /// - Parameters:
    ///   - made: tries that were made again so far.
    ///   - chance: 0 to 1; up to a quarter of a pause that is ours is left out by it.
    public func pause(after outcome: Outcome, made: Int, now: Instant, chance: Double) -> Int64? {
        guard made < limit else { return nil }
        let own = min(Self.most, Self.first << Int64(min(made, 10)))
        let usual = own - Int64(Double(own / 4) * chance)
        guard case .answered(let status, let headers) = outcome else { return usual }
        let head = ReplyHeaders(headers)
        guard head["x-should-retry"].map({ $0 == "true" }) ?? Self.isPassing(status) else { return nil }
        let asked = head.retryAfter(now: now) ?? usual
        return asked <= Self.longest ? max(0, asked) : nil
    }

    /// Errors that pass by themselves: those after which clients of the providers try again.
    private static func isPassing(_ status: Int) -> Bool {
        [408, 409, 429].contains(status) || status >= 500
    }
}

/// The headers of an answer, by their names in lower case.
private struct ReplyHeaders {
    private let headers: [(name: String, value: String)]

    init(_ headers: [(name: String, value: String)]) { self.headers = headers }

    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name }.map { HeaderText.trimmed($0.value) }
    }

    /// When the same request may be sent again: milliseconds, seconds or a date (RFC 9110 §10.2.3).
    func retryAfter(now: Instant) -> Int64? {
        if let exact = self["retry-after-ms"].flatMap({ Double($0) }) { return Self.milliseconds(exact) }
        guard let text = self["retry-after"] else { return nil }
        if let seconds = Double(text) { return Self.milliseconds(seconds * 1000) }
        return HTTPDate.instant(text)?.milliseconds(since: now)
    }

    private static func milliseconds(_ number: Double) -> Int64? {
        number.isFinite && number >= 0 ? Int64(min(number, 1e15)) : nil
    }
}

/// Dates of HTTP: RFC 9110 §5.6.7.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is sent nowadays; nil for anything else.
    static func instant(_ text: String) -> Instant? {
        let parts = text.split { $0 == " " || $0 == "," || $0 == ":" }
        guard parts.count == 8, parts[7] == "GMT", let day = Int(parts[1]), let year = Int64(parts[3]),
            let month = months.firstIndex(of: String(parts[2])), (1...31).contains(day),
            (1...9999).contains(year)
        else { return nil }
        let clock = parts[4...6].compactMap { Int64($0) }
        guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
        let days = CivilDay(year: year, month: month + 1, day: day).number
        return Instant(milliseconds: (days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]) * 1000)
    }
}
