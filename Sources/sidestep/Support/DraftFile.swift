import Glibc
import Sidestep

/// A file of the caller's on its way: under another name until it is whole and on disk, then there at once.
struct DraftFile {
    private let path: String
    private let draft: String
    private let overwrites: Bool
    private let descriptor: Int32

    /// - Parameters:
    ///   - overwrites: whether a file of that name is replaced; else it is an error.
    ///   - mode: its rights, less those of the umask.
    init(_ path: String, overwrites: Bool, mode: mode_t) throws {
        (self.path, self.overwrites) = (path, overwrites)
        if !overwrites, access(path, F_OK) == 0 { throw Self.exists(path) }
        draft = "\(path).partial-\(getpid())"
        unlink(draft)
        descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw Self.failed("make", draft) }
    }

    func write(_ data: [UInt8]) throws {
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

    /// Gives it its name and sees to it that both are on disk: link(2) fails where there is a file, rename(2)
    /// replaces it.
    func publish() throws {
        guard fsync(descriptor) == 0 else { throw Self.failed("sync", draft) }
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
        Glibc.close(opened)
    }

    /// Writes no more; once, at the end.
    func close() { Glibc.close(descriptor) }

    /// Takes the draft away, where it has not got its name.
    func discard() { unlink(draft) }

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
