import Glibc

/// The file of a write-ahead log, apart from SQLite: when nobody has it open.
enum LogFile {
    static func path(of database: String) -> String { database + "-wal" }

    /// The bytes of its head (<https://www.sqlite.org/fileformat2.html#walformat>).
    private static let headBytes = 32

    /// Whether a database would get something out of it: one without a valid head is empty to SQLite.
    static func holdsSomething(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var head = [UInt8](repeating: 0, count: headBytes + 1)
        guard pread(descriptor, &head, head.count, 0) == head.count else { return false }
        return head.starts(with: [0x37, 0x7F, 0x06]) && head[3] | 1 == 0x83
    }

    /// Takes the head from a log that its database has all of, so that no other database ever gets it; the
    /// file keeps its blocks for the next one who writes.
    ///
    /// - Parameter bytes: what is left of a longer one.
    static func retire(_ path: String, keeping bytes: Int64) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let nothing = [UInt8](repeating: 0, count: headBytes)
        guard pwrite(descriptor, nothing, nothing.count, 0) == nothing.count else { return }
        if let facts = FileFacts.of(descriptor), facts.size > bytes { ftruncate(descriptor, off_t(bytes)) }
        fdatasync(descriptor)
    }

    /// Sets the log beside a database aside if it is not its own, before anything is opened.
    ///
    /// - Returns: where it is now; nil when there was none.
    /// - Throws: `DatabaseOpenError` when a person has to say what is right; then nothing was changed.
    static func settle(_ lock: DatabaseLock, boot: String) throws(DatabaseOpenError) -> String? {
        guard try isForeign(lock, boot: boot) else { return nil }
        let log = path(of: lock.path)
        let aside = nameAside(lock.path, of: lock.before?.pair?.database)
        guard rename(log, aside) == 0 else { throw .cannotOpen(log, String(cString: strerror(errno))) }
        DatabaseFile.syncDirectory(of: log)
        return aside
    }

    /// Whether the log is that of another file which had the database's name before.
    static func isForeign(_ lock: DatabaseLock, boot: String) throws(DatabaseOpenError) -> Bool {
        let database = lock.path
        let log = path(of: database)
        let verdict = LogVerdict(
            note: lock.before?.pair, boot: boot,
            database: FileFacts.at(database).map { ($0.identity, LogPair.stamp($0)) },
            log: FileFacts.at(log).map { ($0.identity, holdsSomething(log)) })
        switch verdict {
        case .belongs: return false
        case .foreign: return true
        case .databaseIsGone: throw .gone(database, rescued: rescued(database))
        case .logIsGone: throw .logGone(database, rescued: rescued(database))
        case .isTouched: throw .touched(database)
        }
    }

    /// Beside its own database, if that was set aside; else a name that no file has.
    private static func nameAside(_ database: String, of former: FileIdentity?) -> String {
        var number = 1
        while let found = FileFacts.at("\(database).replaced-\(number)") {
            let name = path(of: "\(database).replaced-\(number)")
            if found.identity == former, FileFacts.at(name) == nil { return name }
            number += 1
        }
        return DatabasePlace.freeName("\(path(of: database)).replaced-")
    }

    /// The last copy that a daemon made when its files were gone.
    private static func rescued(_ database: String) -> String? {
        var last: String?
        var number = 1
        while FileFacts.at("\(database).rescued-\(number)") != nil {
            last = "\(database).rescued-\(number)"
            number += 1
        }
        return last
    }
}
