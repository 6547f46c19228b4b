import Glibc

/// What is known of network addresses: which of them are the open network's, and which are somebody's own.
enum NetworkAddress {
    /// Ranges of IPv4 that are not public: RFC 6890 with its registry, and multicast.
    private static let closed4: [(UInt32, bits: UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
        (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24), (0xC0A8_0000, 16), (0xC612_0000, 15),
        (0xC633_6400, 24), (0xCB00_7100, 24), (0xE000_0000, 3),
    ]

    /// Whether the address of a socket is one of the public network.
    static func isOpen(_ address: UnsafeRawBufferPointer) -> Bool {
        switch family(address) {
        case AF_INET:
            guard address.count >= MemoryLayout<sockaddr_in>.size else { return false }
            return isOpen(ipv4: number(address[4..<8]))
        case AF_INET6:
            guard address.count >= MemoryLayout<sockaddr_in6>.size else { return false }
            return isOpen(ipv6: Array(address[8..<24]))
        default: return false
        }
    }

    static func isOpen(ipv4 address: UInt32) -> Bool {
        !closed4.contains { range in
            let mask = UInt32.max << (32 - range.bits)
            return address & mask == range.0
        }
    }

    /// Global unicast is 2000::/3, RFC 4291; within it documentation, and what carries an IPv4 address in
    /// itself.
    static func isOpen(ipv6 address: [UInt8]) -> Bool {
        let isMapped = address.prefix(10).allSatisfy { $0 == 0 } && address[10] == 0xFF && address[11] == 0xFF
        // NAT64, 64:ff9b::/96 of RFC 6052.
        let isTranslated = address.starts(with: [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8))
        if isMapped || isTranslated { return isOpen(ipv4: number(address[12..<16])) }
        guard address[0] & 0xE0 == 0x20 else { return false }
        // Documentation, 2001:db8::/32 of RFC 3849 and 3fff::/20 of RFC 9637.
        if address.starts(with: [0x20, 0x01, 0x0D, 0xB8]) { return false }
        if address.starts(with: [0x3F, 0xFF]), address[2] & 0xF0 == 0 { return false }
        // 2001::/23 of RFC 2928: Teredo, benchmarks, identifiers that are no addresses.
        if address.starts(with: [0x20, 0x01]), address[2] & 0xFE == 0 { return false }
        // 6to4, 2002::/16 of RFC 3056.
        if address.starts(with: [0x20, 0x02]) { return isOpen(ipv4: number(address[2..<6])) }
        return true
    }

    /// The address as people write it.
    static func text(_ address: UnsafeRawBufferPointer) -> String {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let code = address.withMemoryRebound(to: sockaddr.self) { socket in
            getnameinfo(
                socket.baseAddress, socklen_t(address.count), &host, socklen_t(host.count), nil, 0,
                NI_NUMERICHOST)
        }
        guard code == 0 else { return "of an unknown family" }
        return String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func family(_ address: UnsafeRawBufferPointer) -> Int32 {
        address.count >= 2 ? Int32(address.loadUnaligned(as: sa_family_t.self)) : -1
    }

    private static func number(_ bytes: some Collection<UInt8>) -> UInt32 {
        bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}
