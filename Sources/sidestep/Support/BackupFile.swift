import Sidestep
import SidestepProtocol

/// A backup on its way into a file of the caller's.
struct BackupFile {
    /// Bytes that are asked for at once.
    private static let chunkBytes = 1 << 20

    private let file: DraftFile

    /// Makes the file, for nobody but the caller.
    init(_ path: String, overwrites: Bool) throws {
        file = try DraftFile(path, overwrites: overwrites, mode: 0o600)
    }

    /// Fills it with what the daemon keeps for us, gives it its name and sees to it that both are on disk.
    ///
    /// When it fails, the file is to be discarded.
    ///
    /// - Parameter told: how many bytes have come.
    func fill(from connection: BlockingConnection, _ backup: String, bytes: Int, told: (Int) -> Void) throws {
        defer { file.close() }
        var filled = 0
        var hasMore = true
        while hasMore {
            let part = try connection.call("system.backup_read") { writer in
                writer.member("backup", backup)
                writer.member("from", filled)
                writer.member("max_bytes", Self.chunkBytes)
            }
            guard let data = part["data"]?.string.flatMap(Base64.decode) else { throw broken(filled, bytes) }
            try file.write(data)
            filled += data.count
            hasMore = part["more"]?.bool == true && !data.isEmpty
            told(filled)
        }
        guard filled == bytes else { throw broken(filled, bytes) }
        try file.publish()
    }

    /// Takes the file away again.
    func discard() { file.discard() }

    private func broken(_ filled: Int, _ bytes: Int) -> SidestepError {
        SidestepError(
            .unexpectedReply, "the backup has \(bytes) bytes, and \(filled) came",
            hint: "begin it again; the daemon's log may say more")
    }
}
