import CShims
import Glibc
import SidestepHost
import Synchronization

/// The right to be the one daemon of a database: an exclusive flock(2) on the database itself.
///
/// Not SQLite's exclusive mode, which would shut readers out. The lock is the file's, whatever name it was
/// opened by, and the kernel lets go of it when the process ends, however. A file beside it has a lock,
/// too: it is there before the database is, and says who has it (DatabaseNote).
///
/// The descriptor of the database stays open until SQLite has closed: closing *any* descriptor of a file
/// drops all fcntl(2) locks that the process has on it, SQLite's among them
/// (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
final class DatabaseLock: Sendable {
    /// The database's own name, without symbolic links.
    let path: String
    /// The names of database and log as C knows them, for isInPlace.
    private let names: (database: ContiguousArray<CChar>, log: ContiguousArray<CChar>)
    private let noteFile: Int32
    private let held = Mutex(Held())

    private struct Held {
        var database: Int32 = -1
        var log: Int32 = -1
        var note: DatabaseNote
        init() { note = DatabaseNote(pid: getpid()) }
    }

    /// What the daemon before this one wrote.
    let before: DatabaseNote?

    /// - Parameter lines: what the file says of the holder beside its process.
    init(database name: String, saying lines: [String] = []) throws(DatabaseOpenError) {
        path = try DatabasePlace.canonical(name)
        names = (path.utf8CString, (path + "-wal").utf8CString)
        try DatabasePlace.refuseShared(path)
        noteFile = try Self.openNote(path)
        // `sidestepd check` by root must not keep the daemon's own user out.
        FileOwner.of(path)?.adopt(noteFile)
        before = DatabaseNote(Self.read(noteFile))
        held.withLock { $0.note.holder = lines }
        // Until the database is open what was known of its log stays.
        held.withLock { $0.note.pair = before?.pair }
        write()
        if FileFacts.at(path) != nil { try hold() }
    }

    deinit {
        letGo()
        close(noteFile)
    }

    /// Locks the database, which exists by now.
    func hold() throws(DatabaseOpenError) {
        if held.withLock({ $0.database >= 0 }) { return }
        let descriptor = try Self.locked(path, flags: O_RDONLY, database: path)
        held.withLock { $0.database = descriptor }
    }

    /// Lets another daemon have the database, which SQLite has closed.
    func release() {
        letGo()
        flock(noteFile, LOCK_UN)
    }

    private func letGo() {
        held.withLock { held in
            for descriptor in [held.database, held.log] where descriptor >= 0 {
                // A child that is being made has it, too, until it executes its program.
                flock(descriptor, LOCK_UN)
                close(descriptor)
            }
            (held.database, held.log) = (-1, -1)
        }
    }

    // MARK: The lock

    private static func openNote(_ path: String) throws(DatabaseOpenError) -> Int32 {
        try locked(path + ".lock", flags: O_RDWR | O_CREAT | O_NOFOLLOW, database: path)
    }

    /// How often a lock is asked for that nobody alive has, and how long in between (microseconds): ten seconds in all,
    /// since on a machine with much to do a child waits for its turn, and the dead do, too.
    private static let tries = 1000
    private static let pause: UInt32 = 10_000
    /// How often one is asked for that somebody has who does not seem to end: for an instant a killed process does not.
    private static let looks = 5

    /// Opens and locks a file, and makes sure that it is the one which has the name: it may have been
    /// removed meanwhile.
    ///
    /// A daemon that was killed has its locks until the kernel has done with it, and while it made a child leaves
    /// them to that for a moment.
    private static func locked(
        _ file: String, flags: Int32, database path: String
    ) throws(DatabaseOpenError) -> Int32 {
        for round in 1...tries {
            let descriptor = open(file, flags | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .cannotOpen(file, String(cString: strerror(errno))) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let problem = errno
                close(descriptor)
                guard problem == EWOULDBLOCK else {
                    throw .withoutLocks(path, String(cString: strerror(problem)))
                }
                let holder = holder(of: path)
                let isLeft = holder.map(ProcessTable.isEnding) ?? false
                if round >= (isLeft ? tries : looks) { throw .inUse(path, holder) }
                usleep(pause)
                continue
            }
            if FileFacts.of(descriptor)?.identity == FileFacts.at(file)?.identity { return descriptor }
            close(descriptor)
        }
        throw .cannotOpen(file, "it is replaced again and again")
    }

    private static func holder(of path: String) -> Int32? {
        let descriptor = open(path + ".lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return DatabaseNote(read(descriptor))?.pid
    }

    // MARK: What the file says

    /// Changes what clients are told of the holder.
    func say(_ lines: [String]) {
        held.withLock { $0.note.holder = lines }
        write()
    }

    /// The log is being copied into the database, or was: until then nobody can say what the database looks
    /// like.
    func databaseIsWritten(begins: Bool) {
        held.withLock { held in
            let facts = begins ? nil : FileFacts.of(held.database)
            held.note.pair?.stamp = facts.map(LogPair.stamp)
        }
        write()
    }

    /// The log is that of a database which is about to lose its name: on the disk before it does.
    ///
    /// - Parameter database: nil when there is none; then it is nobody's.
    func logBelongs(_ log: FileIdentity, to database: FileIdentity?) {
        held.withLock { held in
            held.note.pair = LogPair(
                boot: ProcessTable.bootID, database: database ?? FileIdentity(inode: 0, born: 0), log: log,
                stamp: nil)
        }
        write()
        fsync(noteFile)
    }

    /// The log holds nothing that the database does not have.
    func logIsEmpty() {
        held.withLock { $0.note.pair = nil }
        write()
    }

    /// In one write, for those who read it meanwhile. Not synced: the note holds for this boot, or says so
    /// itself.
    private func write() {
        held.withLock { held in
            let text = held.note.text
            _ = text.withCString { pwrite(noteFile, $0, strlen($0), 0) }
            ftruncate(noteFile, off_t(text.utf8.count))
        }
    }

    private static func read(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    // MARK: The files

    /// Takes note of database and log as they are open now.
    func pair() {
        held.withLock { held in
            if held.log >= 0 { close(held.log) }
            held.log = open(path + "-wal", O_RDONLY | O_CLOEXEC)
            guard let database = FileFacts.of(held.database), let log = FileFacts.of(held.log) else {
                held.note.pair = nil
                return
            }
            held.note.pair = LogPair(
                boot: ProcessTable.bootID, database: database.identity, log: log.identity,
                stamp: LogPair.stamp(database))
        }
        write()
    }

    /// Whether the names still mean the files that are open: what is written to others is lost.
    ///
    /// Two calls of statx(2), about a microsecond: it is asked after every commit.
    var isInPlace: Bool {
        held.withLock { held in
            guard let database = held.note.pair?.database, let log = held.note.pair?.log else { return true }
            return Self.isStill(database, at: names.database) && Self.isStill(log, at: names.log)
        }
    }

    /// Another trouble than a file that is gone says nothing.
    private static func isStill(_ identity: FileIdentity, at path: ContiguousArray<CChar>) -> Bool {
        var facts = shim_file()
        let code = path.withUnsafeBufferPointer { shim_file_at($0.baseAddress, &facts) }
        if code == 0 { return facts.inode == identity.inode && facts.born == identity.born }
        return code != -ENOENT && code != -ENOTDIR
    }
}
