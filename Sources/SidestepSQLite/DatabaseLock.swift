import Glibc

/// The right to be the one daemon of a database: an exclusive flock(2) on a file beside it.
///
/// Not SQLite's exclusive mode, which would shut readers out.
/// The kernel lets go of it when the process ends, however.
final class DatabaseLock: Sendable {
    private let descriptor: Int32

    /// - Parameter lines: what the file says of the holder beside its process, SidestepPlaces/DatabaseHolder.swift.
    init(database path: String, saying lines: [String] = []) throws(DatabaseOpenError) {
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(lockPath, String(cString: strerror(errno))) }
        guard Self.take(descriptor) else {
            let holder = Self.readHolder(descriptor)
            close(descriptor)
            throw .inUse(path, holder)
        }
        self.descriptor = descriptor
        // `sidestepd check` by root must not keep the daemon's own user out.
        FileOwner.of(path)?.adopt(descriptor)
        say(lines)
    }

    /// A killed process has its files until the kernel is done with it: who is started in its place waits a second.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<50 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(20_000)
        }
        return false
    }

    /// Writes what the file says of the holder, in one write for those who read it meanwhile.
    func say(_ lines: [String]) {
        let text = (["pid \(getpid())"] + lines).joined(separator: "\n") + "\n"
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        ftruncate(descriptor, off_t(text.utf8.count))
    }

    deinit { close(descriptor) }

    /// Lets another daemon have the database.
    func release() { flock(descriptor, LOCK_UN) }

    private static func readHolder(_ descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        let text = String(decoding: buffer.prefix(count), as: UTF8.self)
        // The first daemons wrote their number alone.
        return text.split(separator: "\n").first?.split(separator: " ").last.map(String.init)
    }
}
