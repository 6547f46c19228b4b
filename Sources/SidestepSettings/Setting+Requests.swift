extension Setting {
    static let httpHosts = Setting(
        "http_hosts", "names of hosts, with commas between them; `.example.org` stands for all below it",
        "the hosts that requests of steps and webhooks may go to; nothing stands for every host",
        read: { $0.httpHosts.joined(separator: ", ") },
        write: { configuration, text, _ throws(Mistake) in
            let hosts = elements(text)
            if let wrong = hosts.first(where: { !isHost($0.hasPrefix(".") ? $0.dropFirst() : $0[...]) }) {
                throw Mistake("has `\(wrong)`, which is no name of a host: no scheme, no port, no path")
            }
            configuration.httpHosts = hosts
        })

    static let httpProxy = Setting(
        "http_proxy",
        "`HOST:PORT`, `http://HOST:PORT`, also https, socks4, socks4a, socks5, socks5h; or nothing",
        "the proxy that requests of steps and webhooks go through; it then decides about addresses",
        mask: withoutPassword, read: { $0.httpProxy },
        write: { configuration, text, _ throws(Mistake) in
            guard text.isEmpty || isProxy(text) else {
                throw Mistake("is the address of a proxy, as in http://proxy.example.org:3128")
            }
            configuration.httpProxy = text
        })

    private static let schemes: Set<Substring> = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

    private static func isProxy(_ text: String) -> Bool {
        var rest = text[...]
        if let (scheme, behind) = split(rest, at: "://") {
            guard schemes.contains(scheme) else { return false }
            rest = behind
        }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var host = rest
        // An IPv6 address stands in brackets.
        let isAddress = rest.hasPrefix("[")
        let colon =
            isAddress ? rest.lastIndex(of: "]").map { rest.index(after: $0) } : rest.firstIndex(of: ":")
        if let colon, colon < rest.endIndex {
            guard rest[colon] == ":", let port = UInt16(rest[rest.index(after: colon)...]), port > 0 else {
                return false
            }
            host = rest[..<colon]
        }
        guard isAddress else { return isHost(host) }
        let address = host.dropFirst().dropLast()
        return host.hasSuffix("]") && address.contains(":")
            && address.utf8.allSatisfy {
                isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
            }
    }

    /// A password is nobody's business but the proxy's.
    private static func withoutPassword(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let scheme = split(text[...], at: "://").map { "\($0.0)://" } ?? ""
        return scheme + "…" + text[at...]
    }

    private static func split(_ text: Substring, at separator: String) -> (Substring, Substring)? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].hasPrefix(separator) {
                return (text[..<index], text[text.index(index, offsetBy: separator.count)...])
            }
            index = text.index(after: index)
        }
        return nil
    }

    /// RFC 1123, section 2.1, and the underscores that people use.
    private static func isHost(_ name: Substring) -> Bool {
        (1...253).contains(name.utf8.count)
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy(isHostByte)
            }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        isHexadecimal(byte) || (UInt8(ascii: "g")...UInt8(ascii: "z")).contains(byte | 0x20)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
