import Glibc
import NIOCore

/// Whose a connection is. On loopback: proc(5), `/proc/net/tcp`, where every socket of the host stands with its
/// user. By a Unix socket: unix(7), SO_PEERCRED.
enum PeerUser {
    enum Answer: Equatable {
        case user(UInt32)
        /// No socket of that kind: it has been closed already.
        case gone
        /// There is no such file here: the token alone has to do.
        case unknown
    }

    /// The user whose files and processes are ours.
    static let own = geteuid()

    /// - Parameter server: the endpoint's port.
    static func of(_ channel: any Channel, by entrance: Door.Entrance, server: Int) -> Answer {
        switch entrance {
        case .port: channel.remoteAddress?.port.map { of(client: $0, server: server) } ?? .gone
        case .socket: PeerSocket(channel)?.user.map(Answer.user) ?? .gone
        }
    }

    /// - Parameters:
    ///   - client: the port that the connection comes from.
    ///   - server: ours.
    static func of(client: Int, server: Int) -> Answer {
        let texts = ["/proc/net/tcp", "/proc/net/tcp6"].compactMap(read)
        if texts.isEmpty { return .unknown }
        for text in texts {
            if let user = find(client: client, server: server, in: text) { return .user(user) }
        }
        return .gone
    }

    /// `sl local_address rem_address st … uid`; an address ends with its port as four hexadecimal digits.
    static func find(client: Int, server: Int, in table: String) -> UInt32? {
        let (local, remote) = (":" + hex(client), ":" + hex(server))
        for line in table.utf8.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 8)
            guard fields.count > 7, isLoopback(fields[1]), isLoopback(fields[2]) else { continue }
            guard fields[1].suffix(5).elementsEqual(local.utf8),
                fields[2].suffix(5).elementsEqual(remote.utf8)
            else { continue }
            return UInt32(String(decoding: fields[7], as: UTF8.self))
        }
        return nil
    }

    /// 127.0.0.0/8, the bytes in the host's order; of IPv6 the same address mapped.
    private static func isLoopback(_ address: Substring.UTF8View.SubSequence) -> Bool {
        let host = address.dropLast(5)
        return host.suffix(2).elementsEqual("7F".utf8) || host.prefix(2).elementsEqual("7F".utf8)
    }

    private static func hex(_ port: Int) -> String {
        let text = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - text.count)) + text
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
