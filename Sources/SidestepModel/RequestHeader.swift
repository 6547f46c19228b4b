/// What clients may say in the headers of requests that the daemon sends for them.
public enum RequestHeader {
    /// Those that say where a message ends and who it is for, and those of a connection or a proxy alone: RFC 9110
    /// §7.2, §7.6.1 and §10.1, RFC 9112 §6. They are libcurl's to set; a client that could would speak to the server
    /// in the name of the next request.
    private static let framing: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect", "te", "trailer",
        "upgrade", "http2-settings",
    ]
    private static let proxyPrefix = "proxy-"

    /// RFC 9110 §5.6.2, besides letters and digits.
    private static let tokenMarks = Set("!#$%&'*+-.^_`|~".utf8)

    /// Why a header is not sent, as the end of a sentence that begins with its name; nil when it is.
    public static func problem(_ name: String, _ value: some Collection<UInt8>) -> String? {
        let isToken = !name.isEmpty && name.utf8.allSatisfy { isAlphanumeric($0) || tokenMarks.contains($0) }
        // A line break would make another header.
        let isText = value.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == 9 }
        guard isToken, isText else { return "which no header can have" }
        let lowered = name.lowercased()
        return framing.contains(lowered) || lowered.hasPrefix(proxyPrefix)
            ? "which is the daemon's own to set" : nil
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
