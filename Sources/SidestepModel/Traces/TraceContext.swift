/// Where something stands in a trace: the header `traceparent`, <https://www.w3.org/TR/trace-context/>, version 00.
public struct TraceContext: Sendable, Equatable {
    /// The trace, 32 digits of lower-case hexadecimal.
    public let trace: String
    /// The span that is the parent of what comes, 16 digits.
    public let span: String
    /// Whether whoever began the trace keeps it.
    public let isSampled: Bool

    /// A place in a trace; `trace` has 32 digits and `span` 16.
    public init(trace: String, span: String, isSampled: Bool) {
        (self.trace, self.span, self.isSampled) = (trace, span, isSampled)
    }

    /// Reads the header's text; nil when it is none. A version that is to come may have more behind it, and is read as
    /// far as this one goes.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff",
            parts[0] != "00" || parts.count == 4,
            Self.isName(parts[1], 32), Self.isName(parts[2], 16), Self.isHex(parts[3], 2),
            let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        (trace, span, isSampled) = (String(parts[1]), String(parts[2]), flags & 1 != 0)
    }

    /// The header's text.
    public var text: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }

    /// Zeros alone name nothing.
    private static func isName(_ text: Substring, _ count: Int) -> Bool {
        isHex(text, count) && text.utf8.contains { $0 != UInt8(ascii: "0") }
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
