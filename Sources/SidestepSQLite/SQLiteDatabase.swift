import CSQLite
import Glibc
import SidestepHost
import SidestepModel
import SidestepStore

/// An opened database: its lock, its writer and its readers.
public final class SQLiteDatabase: StoreDatabase {
    /// The file's own name, without symbolic links.
    public let path: String
    /// The one connection that writes.
    public let writer: SQLiteWriter
    /// Connections that only read.
    public let readers: SQLiteReaders
    /// What was found at the place of the database beside it.
    public let findings: [StoreFinding]
    private let maintainer: DatabaseMaintenance
    private let lock: DatabaseLock

    /// Opens the database at `path`, or makes it.
    ///
    /// - Parameters:
    ///   - holder: what the lock file says of this daemon to those who look for it.
    ///   - inlineLimit: how many jobs at once the caller's thread performs itself.
    ///   - clock: the time that what is written has.
    ///   - nanoseconds: a clock that nobody sets; where it stands still, users' turns have no end by time.
    ///   - listener: whom it tells.
    /// - Throws: `DatabaseOpenError`; then the file is as it was.
    public convenience init(
        path: String, holder lines: [String] = [], readers count: Int = 2, inlineLimit: Int = 1,
        clock: any Clock, nanoseconds: @escaping @Sendable () -> Int64 = { 0 },
        listener: StoreListener
    ) throws(DatabaseOpenError) {
        try self.init(
            path: path, holder: lines, readers: count, gate: ReadGate(), inlineLimit: inlineLimit,
            clock: clock, nanoseconds: nanoseconds, listener: listener)
    }

    /// - Parameter gate: the door of the readers.
    init(
        path: String, holder lines: [String] = [], readers count: Int, gate: ReadGate, inlineLimit: Int = 1,
        clock: any Clock, nanoseconds: @escaping @Sendable () -> Int64 = { 0 },
        listener: StoreListener
    ) throws(DatabaseOpenError) {
        let lock = try DatabaseLock(database: path, saying: lines)
        self.lock = lock
        self.path = lock.path
        let logSetAside = try LogFile.settle(lock, boot: ProcessTable.bootID)
        findings = logSetAside.map { [.logSetAside($0)] } ?? []
        let connection = try DatabaseFile.open(lock, onFault: listener.fault)
        do {
            let library = StatementLibrary()
            writer = try SQLiteWriter(
                connection, library, database: lock.path, gate: gate, inlineLimit: inlineLimit,
                clock: clock, nanoseconds: nanoseconds, isInPlace: { lock.isInPlace }, listener: listener)
            readers = try SQLiteReaders(
                path: lock.path, library, count: count, gate: gate, onFault: listener.fault)
            maintainer = DatabaseMaintenance(path: lock.path, writer: writer, onFault: listener.fault)
        } catch {
            throw .of(error, lock.path)
        }
    }

    /// Finishes what is queued, copies the log into the database and closes it; closing again does nothing.
    public func close() {
        maintainer.close()
        readers.close()
        if writer.close() {
            // SQLite has closed its files: nobody reads the log any more, and nobody is to.
            LogFile.retire(LogFile.path(of: path), keeping: DatabaseFile.pregrownLogFileBytes)
            lock.logIsEmpty()
        }
        lock.release()
    }

    /// Changes what the lock file says of this daemon.
    public func describeHolder(_ lines: [String]) { lock.say(lines) }

    /// Writes what is open into a new file beside its former place, when that is gone.
    ///
    /// - Returns: the path of the copy. Not for the loop's thread.
    public func rescue() throws(Failure) -> String {
        let target = DatabasePlace.freeName(path + ".rescued-")
        try writer.exclusively { connection throws(Failure) in
            _ = try DatabaseCopy.write(to: target, overwrites: false) { draft throws(Failure) in
                try DatabaseCopy.copy(connection, to: draft)
            }
        }
        return target
    }

    /// Looks after the files when nobody writes: asked every few seconds, on any thread.
    public func tidy() { if writer.wantsTidying { writer.tidy() } }

    /// Backup, check and vacuum.
    public var maintenance: any StoreMaintenance { maintainer }

    /// Bytes of the database and its log on disk.
    public var bytes: Int64 { fileSize(path) + fileSize(path + "-wal") }

    /// There is one connection that writes.
    public var settlesInOrder: Bool { true }

    /// The path of the file.
    public var place: String { path }

    /// The version of the SQLite library in use.
    public var version: String { String(cString: sqlite3_libversion()) }

    /// Whether database and log are still the files that their names mean.
    public var isInPlace: Bool { lock.isInPlace }
}

extension StoreFinding {
    fileprivate static func logSetAside(_ name: String) -> StoreFinding {
        StoreFinding("the log of another file that had the database's name was set aside", ["log": name])
    }
}

func fileSize(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
}
