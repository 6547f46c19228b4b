import Glibc

/// One end of a connection, by the bytes of its address: ip(7), ipv6(7).
public struct ConnectionEnd: Equatable, Sendable {
    /// The address, 32 bits each, as it lies in memory: one of IPv4, four of IPv6.
    let words: [UInt32]
    /// The port, in the host's order of bytes.
    public let port: UInt16

    /// Takes a `sockaddr` of any family; nil for what is no address of the internet protocol.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        let family = Int32(bytes.loadUnaligned(as: sa_family_t.self))
        // Behind the port, of IPv6 behind the flow besides.
        let place = family == AF_INET ? 4 : family == AF_INET6 ? 8 : 0
        guard place > 0 else { return nil }
        port = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        words = (0..<(place == 4 ? 1 : 4)).map {
            bytes.loadUnaligned(fromByteOffset: place + 4 * $0, as: UInt32.self)
        }
    }

    /// Whether it is an address of this host alone: 127.0.0.0/8, ::1.
    public var isLoopback: Bool {
        words.count == 1 ? UInt32(bigEndian: words[0]) >> 24 == 127 : words == [0, 0, 0, UInt32(1).bigEndian]
    }

    /// As the kernel's table has it.
    var text: String { SocketTable.end(words, port: port) }

    /// As the table of IPv6 has one of IPv4.
    var mappedText: String? { words.count == 1 ? SocketTable.mapped(words[0], port: port) : nil }
}
