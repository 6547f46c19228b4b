import Glibc
import SidestepModel

/// The file's life: made whole or not at all, checked before it is trusted, brought up to date.
enum DatabaseFile {
    /// "SSTP": marks the file as ours, sqlite.org/pragma.html#pragma_application_id.
    static let applicationID = 0x5353_5450
    /// Files up to this size are checked page by page at start (about 10 ms);
    /// larger ones by `sidestepd check`.
    static let checkedBytes: Int64 = 16 << 20
    /// The log is grown to this before use: a commit then overwrites,
    /// and saves the file system's own journal commit.
    static let pregrownLogBytes = 4 << 20
    /// The file that this makes, at least: each page has a head in it (24 bytes), and the log has one.
    static let pregrownLogFileBytes: Int64 = 4 << 20 + 64 << 10

    /// The writer's connection to a database that is whole, ours and up to date.
    static func open(
        _ lock: DatabaseLock, onFault: @escaping @Sendable (StoreFault) -> Void = { _ in }
    ) throws(DatabaseOpenError) -> Connection {
        let path = lock.path
        // What a crash left of a backup that a client read.
        unlink(UnnamedCopy.name(path))
        unlink(UnnamedCopy.name(path) + ".partial")
        if FileFacts.at(path) == nil { try create(path) }
        try lock.hold()
        guard fileSize(path) > 0 else { throw .corrupt(path, "the file is empty") }
        do {
            let connection = try Connection(path: path, readOnly: false, onFault: onFault)
            try verify(connection, path)
            try prepareLog(connection, path)
            try Migrations.bringUpToDate(connection, path)
            lock.pair()
            connection.onCopying = { lock.databaseIsWritten(begins: $0) }
            return connection
        } catch let error as DatabaseOpenError {
            throw error
        } catch let failure as Failure {
            throw .of(failure, path)
        } catch {
            throw .cannotOpen(path, "\(error)")
        }
    }

    /// Makes the database under another name and links it to its own: a crash leaves no half-made one
    /// behind, and one that was made meanwhile stays.
    private static func create(_ path: String) throws(DatabaseOpenError) {
        let draft = path + ".new"
        unlink(draft)
        defer { unlink(draft) }
        do {
            try DatabaseCopy.makePrivate(draft)
            let connection = try Connection(path: draft, readOnly: false)
            try connection.execute("PRAGMA application_id = \(applicationID)")
            try Migrations.apply(connection, from: 0)
        } catch {
            throw .cannotOpen(path, error.reason)
        }
        guard link(draft, path) == 0 || errno == EEXIST || rename(draft, path) == 0 else {
            throw .cannotOpen(path, String(cString: strerror(errno)))
        }
        syncDirectory(of: path)
    }

    /// fsync(2) of the directory: without it the new name may be gone after a power cut.
    static func syncDirectory(of path: String) {
        let directory = DatabasePlace.directory(of: path)
        let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Makes sure that a database is ours, and of a version that we know.
    static func identify(_ connection: Connection, _ path: String) throws {
        guard Int(try connection.value("PRAGMA application_id")) == applicationID else {
            throw DatabaseOpenError.foreign(path)
        }
        let version = try Migrations.version(connection)
        if version > Migrations.all.count {
            throw DatabaseOpenError.newer(path, version, Migrations.all.count)
        }
    }

    private static func verify(_ connection: Connection, _ path: String) throws {
        try identify(connection, path)
        guard fileSize(path) <= checkedBytes else { return }
        let verdict = try connection.value("PRAGMA quick_check(1)")
        if verdict != "ok" { throw DatabaseOpenError.corrupt(path, verdict) }
        // What was read for it is not what the daemon will need first.
        try connection.execute("PRAGMA shrink_memory")
    }

    private static func prepareLog(_ connection: Connection, _ path: String) throws {
        guard try connection.value("PRAGMA journal_mode = WAL") == "wal" else {
            throw DatabaseOpenError.unsafe(
                path, "the file system does not support a write-ahead log (network share?)")
        }
        guard try connection.value("PRAGMA synchronous") == "2" else {
            throw DatabaseOpenError.unsafe(path, "SQLite did not accept synchronous = FULL")
        }
        if fileSize(path + "-wal") < pregrownLogBytes { try growLog(connection) }
    }

    /// Spills a transaction that is then rolled back: the log's file grows, the database does not change.
    private static func growLog(_ connection: Connection) throws(Failure) {
        try connection.execute("PRAGMA cache_spill = 1; PRAGMA cache_size = 8; BEGIN")
        try connection.execute(
            "CREATE TABLE growth (bytes BLOB); INSERT INTO growth VALUES (zeroblob(\(pregrownLogBytes)))")
        try connection.execute("ROLLBACK; PRAGMA cache_size = -16000")
        try connection.shortenLog()
    }
}
