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

    /// The writer's connection to a database that is whole, ours and up to date.
    static func open(_ path: String) throws(DatabaseOpenError) -> Connection {
        // What a crash left of a backup that a client read.
        unlink(UnnamedCopy.name(path))
        unlink(UnnamedCopy.name(path) + ".partial")
        let isNew = access(path, F_OK) != 0
        if isNew { try create(path) }
        guard fileSize(path) > 0 else { throw .corrupt(path, "the file is empty") }
        do {
            let connection = try Connection(path: path, readOnly: false)
            try verify(connection, path)
            try prepareLog(connection, path)
            try Migrations.bringUpToDate(connection, path)
            return connection
        } catch let error as DatabaseOpenError {
            throw error
        } catch let failure as Failure {
            throw isDamage(failure) ? .corrupt(path, failure.message) : .cannotOpen(path, failure.message)
        } catch {
            throw .cannotOpen(path, "\(error)")
        }
    }

    /// Makes the database under another name and renames it: a crash leaves no half-made one behind.
    private static func create(_ path: String) throws(DatabaseOpenError) {
        let draft = path + ".new"
        unlink(draft)
        do {
            let connection = try Connection(path: draft, readOnly: false)
            try connection.execute("PRAGMA application_id = \(applicationID)")
            try Migrations.apply(connection, from: 0)
        } catch {
            throw .cannotOpen(path, error.message)
        }
        chmod(draft, 0o600)
        guard rename(draft, path) == 0 else { throw .cannotOpen(path, String(cString: strerror(errno))) }
        syncDirectory(of: path)
    }

    /// fsync(2) of the directory: without it the new name may be gone after a power cut.
    static func syncDirectory(of path: String) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func verify(_ connection: Connection, _ path: String) throws {
        guard Int(try connection.value("PRAGMA application_id")) == applicationID else {
            throw DatabaseOpenError.foreign(path)
        }
        guard fileSize(path) <= checkedBytes else { return }
        let verdict = try connection.value("PRAGMA quick_check(1)")
        if verdict != "ok" { throw DatabaseOpenError.corrupt(path, verdict) }
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

    /// SQLITE_CORRUPT 11, SQLITE_NOTADB 26: the number that a storage failure ends with.
    private static func isDamage(_ failure: Failure) -> Bool {
        failure.message.hasSuffix("(11)") || failure.message.hasSuffix("(26)")
            || failure.message.contains("malformed") || failure.message.contains("not a database")
    }
}
