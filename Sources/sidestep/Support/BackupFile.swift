import Glibc
import Sidestep
import SidestepProtocol

/// A backup on its way into a file of the caller's: under another name until it is whole and on disk.
struct BackupFile {
    /// Bytes that are asked for at once.
    private static let chunkBytes = 1 << 20

    private let path: String
    private let draft: String
    private let overwrites: Bool
    private let descriptor: Int32

    /// Makes the file, for nobody but the caller.
    init(_ path: String, overwrites: Bool) throws {
        (self.path, self.overwrites) = (path, overwrites)
        if !overwrites, access(path, F_OK) == 0 { throw Self.exists(path) }
        draft = "\(path).partial-\(getpid())"
        unlink(draft)
        descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failed("make", draft) }
    }

    /// Fills it with what the daemon keeps for us, gives it its name and sees to it that both are on disk.
    ///
    /// When it fails, the file is to be discarded.
    ///
    /// - Parameter told: how many bytes have come.
    func fill(from connection: BlockingConnection, _ backup: String, bytes: Int, told: (Int) -> Void) throws {
        defer { close(descriptor) }
        var filled = 0
        var hasMore = true
        while hasMore {
            let part = try connection.call("system.backup_read") { writer in
                writer.member("backup", backup)
                writer.member("from", filled)
                writer.member("max_bytes", Self.chunkBytes)
            }
            guard let data = part["data"]?.string.flatMap(Base64.decode) else { throw broken(filled, bytes) }
            try write(data)
            filled += data.count
            hasMore = part["more"]?.bool == true && !data.isEmpty
            told(filled)
        }
        guard filled == bytes else { throw broken(filled, bytes) }
        guard fsync(descriptor) == 0 else { throw Self.failed("sync", draft) }
        try publish()
    }

    /// Takes the file away again.
    func discard() { unlink(draft) }

    private func write(_ data: [UInt8]) throws {
        var sent = 0
        while sent < data.count {
            let count = data.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress! + sent, buffer.count - sent)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failed("write", draft) }
            sent += count
        }
    }

    /// link(2) fails where there is a file, rename(2) replaces it.
    private func publish() throws {
        if overwrites {
            guard rename(draft, path) == 0 else { throw Self.failed("rename to", path) }
        } else {
            guard link(draft, path) == 0 else {
                throw errno == EEXIST ? Self.exists(path) : Self.failed("link to", path)
            }
            unlink(draft)
        }
        let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
        let opened = open(directory ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0, fsync(opened) == 0 else { throw Self.failed("sync the directory of", path) }
        close(opened)
    }

    private func broken(_ filled: Int, _ bytes: Int) -> SidestepError {
        SidestepError(
            .unexpectedReply, "the backup has \(bytes) bytes, and \(filled) came",
            hint: "begin it again; the daemon's log may say more")
    }

    private static func exists(_ path: String) -> SidestepError {
        SidestepError(
            .invalidArgument, "there is a file \(path) already",
            hint: "name another file, or pass --overwrite to replace it")
    }

    private static func failed(_ action: String, _ path: String) -> SidestepError {
        SidestepError(
            errno == ENOSPC || errno == EDQUOT ? .storageFull : .storageError,
            "cannot \(action) \(path): \(String(cString: strerror(errno)))",
            hint: "name a place that you may write and that has room")
    }
}
