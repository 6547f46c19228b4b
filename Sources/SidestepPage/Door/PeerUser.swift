import Glibc
import NIOCore

/// Whose a connection is, as the kernel knows it.
enum PeerUser {
    /// Whether the kernel tells whose connections are.
    static var isTold: Bool { access("/proc/net/tcp", R_OK) == 0 }

    /// The user at the other end; nil where that cannot be found out.
    static func of(_ channel: any Channel) -> UInt32? {
        guard let ours = channel.localAddress.flatMap(ConnectionEnd.init),
            let peer = channel.remoteAddress.flatMap(ConnectionEnd.init)
        else { return nil }
        // A table that changes while it is read may leave one out.
        for _ in 0..<3 { if let user = find(peer, ours) { return user } }
        return nil
    }

    private static func find(_ peer: ConnectionEnd, _ ours: ConnectionEnd) -> UInt32? {
        if peer.words.count == 1, let user = find(peer.text, ours.text, in: "/proc/net/tcp") { return user }
        return find(peer.mappedText ?? peer.text, ours.mappedText ?? ours.text, in: "/proc/net/tcp6")
    }

    private static func find(_ local: String, _ remote: String, in path: String) -> UInt32? {
        read(path).flatMap { SocketTable.user(from: local, to: remote, in: $0) }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }
}
