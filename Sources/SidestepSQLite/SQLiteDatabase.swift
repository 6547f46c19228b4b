import CSQLite
import Glibc
import SidestepModel
import SidestepStore

/// An opened database: its lock, its writer and its readers.
public final class SQLiteDatabase: Sendable {
    public let path: String
    public let writer: SQLiteWriter
    public let readers: SQLiteReaders
    private let maintainer: DatabaseMaintenance
    private let lock: DatabaseLock

    /// Opens the database at `path`, or makes it.
    ///
    /// - Parameters:
    ///   - holder: what the lock file says of this daemon to those who look for it.
    ///   - inlineLimit: how many jobs at once the caller's thread performs itself.
    ///   - onSettled: told after each batch of the writer.
    ///   - onFatal: told when a sync failed: the daemon has to end.
    /// - Throws: `DatabaseOpenError`; then the file is as it was.
    public init(
        path: String, holder lines: [String] = [], readers count: Int = 2, inlineLimit: Int = 1,
        onSettled: @escaping SQLiteWriter.Settled,
        onFatal: @escaping @Sendable (Failure) -> Void
    ) throws(DatabaseOpenError) {
        self.path = path
        lock = try DatabaseLock(database: path, saying: lines)
        let connection = try DatabaseFile.open(path)
        do {
            let library = StatementLibrary()
            writer = try SQLiteWriter(
                connection, library, inlineLimit: inlineLimit, onSettled: onSettled, onFatal: onFatal)
            readers = try SQLiteReaders(path: path, library, count: count)
            maintainer = DatabaseMaintenance(path: path, writer: writer)
        } catch {
            throw .corrupt(path, error.message)
        }
    }

    /// Finishes what is queued, copies the log into the database and closes it; closing again does nothing.
    public func close() {
        maintainer.close()
        readers.close()
        writer.close()
        lock.release()
    }

    /// Changes what the lock file says of this daemon.
    public func describeHolder(_ lines: [String]) { lock.say(lines) }

    /// Backup, check and vacuum.
    public var maintenance: any StoreMaintenance { maintainer }

    /// Bytes of the database and its log on disk.
    public var bytes: Int64 { fileSize(path) + fileSize(path + "-wal") }

    /// The version of the SQLite library in use.
    public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }

    /// Whether the file that is open is still the one at its path;
    /// a removed file would take every write with it.
    public var isInPlace: Bool { access(path, F_OK) == 0 }
}

func fileSize(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
}
