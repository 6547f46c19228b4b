import Glibc

/// The table of the host's TCP sockets, where each stands with its user: proc(5), `/proc/net/tcp` and `/proc/net/tcp6`.
public enum SocketTable {
    /// Whether the kernel tells whose sockets are.
    public static var isThere: Bool { access("/proc/net/tcp", R_OK) == 0 }

    /// The user of the socket at one end of a connection of this host; nil where that cannot be found out.
    public static func user(from peer: ConnectionEnd, to ours: ConnectionEnd) -> UInt32? {
        // A table that changes while it is read may leave one out.
        for _ in 0..<3 { if let user = look(peer, ours) { return user } }
        return nil
    }

    private static func look(_ peer: ConnectionEnd, _ ours: ConnectionEnd) -> UInt32? {
        if peer.words.count == 1, let user = look(peer.text, ours.text, in: "/proc/net/tcp") { return user }
        return look(peer.mappedText ?? peer.text, ours.mappedText ?? ours.text, in: "/proc/net/tcp6")
    }

    private static func look(_ local: String, _ remote: String, in path: String) -> UInt32? {
        KernelFile.bytes(of: path, piece: 64 << 10).flatMap { user(from: local, to: remote, in: $0) }
    }

    /// One end of a connection as the table has it.
    ///
    /// - Parameter words: the address, 32 bits each, as it lies in memory.
    static func end(_ words: [UInt32], port: UInt16) -> String {
        words.map { hex($0, 8) }.joined() + ":" + hex(UInt32(port), 4)
    }

    /// The same of an address of IPv4, as a socket of IPv6 has it.
    static func mapped(_ word: UInt32, port: UInt16) -> String {
        end([0, 0, UInt32(0xffff).bigEndian, word], port: port)
    }

    /// Whose socket is at one end of a connection; nil where there is none.
    ///
    /// `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`. A socket that its process has
    /// closed has no inode any more, and 0 for its user, whoever that was: it says nothing.
    static func user(from local: String, to remote: String, in table: [UInt8]) -> UInt32? {
        for line in table.split(separator: UInt8(ascii: "\n")).dropFirst() {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 10)
            guard fields.count > 9, fields[1].elementsEqual(local.utf8), fields[2].elementsEqual(remote.utf8)
            else { continue }
            let inode = UInt64(String(decoding: fields[9], as: UTF8.self)) ?? 0
            return inode == 0 ? nil : UInt32(String(decoding: fields[7], as: UTF8.self))
        }
        return nil
    }

    private static func hex(_ number: UInt32, _ digits: Int) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
