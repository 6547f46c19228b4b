import CSQLite
import Glibc
import SidestepModel

/// One connection to the database file; used by one thread at a time (SQLITE_OPEN_NOMUTEX).
final class Connection {
    let handle: OpaquePointer
    /// Frames in the write-ahead log after the last commit.
    private(set) var logFrames = 0
    /// The worst that statements met since somebody looked, caught or not.
    private(set) var worst: StoreFault?
    private let onFault: @Sendable (StoreFault) -> Void
    /// Told before the log is copied into the database, and after it.
    var onCopying: (_ begins: Bool) -> Void = { _ in }

    /// - Parameter readOnly: a reader never writes and never checkpoints: SQLite before 3.51.3 can corrupt a
    ///   database that two connections reset the log of (<https://www.sqlite.org/wal.html#walresetbug>).
    init(
        path: String, readOnly: Bool, onFault: @escaping @Sendable (StoreFault) -> Void = { _ in }
    ) throws(Failure) {
        _ = Self.isConfigured
        self.onFault = onFault
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            let words = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            let fault = StoreFault(code: code, operation: "open", words: words)
            onFault(fault)
            throw Failure(fault)
        }
        self.handle = handle
        do {
            try configure(readOnly: readOnly)
        } catch {
            sqlite3_close_v2(handle)
            throw error
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// Bytes of pages that the savepoints of one batch may keep in memory, to be rolled back to.
    private static let savepointBytes: Int32 = 8 << 20

    /// What holds for all connections, set before the first one. Counting its bytes takes SQLite a lock for all threads
    /// at each allocation; nobody asks for the count. From 64 KiB on it writes the pages of savepoints to a temporary
    /// file, two calls for each page: more of them than the log has for a batch of jobs, and a file made and removed.
    private static let isConfigured: Void = {
        _ = shim_sqlite_stop_memory_statistics()
        _ = shim_sqlite_keep_savepoints_in_memory(savepointBytes)
    }()

    private func configure(readOnly: Bool) throws(Failure) {
        try execute("PRAGMA busy_timeout = 5000")
        try execute("PRAGMA foreign_keys = ON")
        try execute("PRAGMA wal_autocheckpoint = 0")
        try shred(false)
        if readOnly {
            // A list that walks an index of 100 000 runs, 7 MB, finds it here the next time.
            try execute("PRAGMA cache_size = -8000")
            return try execute("PRAGMA query_only = ON")
        }
        try execute("PRAGMA synchronous = FULL")
        try limitLog(LogKeeper.keptBytes)
        watchLog()
    }

    /// Whether what is deleted is overwritten with zeros also where that costs a write: pages that become free. Debian
    /// builds SQLite so that it always is; what retention removes would be written once more.
    func shred(_ all: Bool) throws(Failure) { try execute("PRAGMA secure_delete = \(all ? "ON" : "FAST")") }

    /// Copies all of the log into the database, and cuts its file to nothing: what stood in it is not to be found.
    ///
    /// - Returns: whether it is; not while somebody reads in it.
    func cutLog() throws(Failure) -> Bool {
        guard try checkpointLog() else { return false }
        sqlite3_busy_timeout(handle, 0)
        defer { sqlite3_busy_timeout(handle, 5000) }
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        if code & 0xff == SQLITE_BUSY { return false }
        guard code == SQLITE_OK else { throw failure(code, "cut_log") }
        return true
    }

    /// Cuts the log's file to this size when it is begun anew, and was longer; nil leaves it.
    ///
    /// With a limit, SQLite cuts it to nothing when the last connection closes.
    func limitLog(_ bytes: Int64?) throws(Failure) {
        try execute("PRAGMA journal_size_limit = \(bytes ?? -1)")
    }

    /// Keeps the write-ahead log's file when the last connection closes,
    /// and counts its frames at each commit.
    private func watchLog() {
        var keep: Int32 = 1
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &keep)
        sqlite3_wal_hook(
            handle,
            { context, _, _, frames in
                Unmanaged<Connection>.fromOpaque(context!).takeUnretainedValue().logFrames = Int(frames)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Executes statements that return nothing.
    func execute(_ sql: String) throws(Failure) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw failure(code, sql.split(separator: " ").first.map(String.init) ?? "")
        }
    }

    /// Lets go of the snapshot that it reads; as long as one is held, the log is not begun anew.
    func endReading() {
        guard isInTransaction else { return }
        do { try execute("COMMIT") } catch { _ = try? execute("ROLLBACK") }
    }

    /// The one value that a pragma or query answers, as text.
    func value(_ sql: String) throws(Failure) -> String {
        let statement = Statement(self, name: sql, sql: sql)
        return try statement.first(read: { $0.string() }) ?? ""
    }

    /// The key of the row that the last INSERT added. RETURNING would tell it too, by way of a table of its own.
    var lastInsertedKey: Int64 { sqlite3_last_insert_rowid(handle) }

    /// How many pages were read from files since the connection was opened.
    var pagesRead: Int64 {
        var count: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_MISS, &count, &highest, 0)
        // The count is an int that goes round; no file that it is asked for has half as many pages.
        return Int64(UInt32(bitPattern: count))
    }

    /// Whether a transaction is open; an error such as a full disk may have ended it already.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Copies the log into the database as far as readers allow, never waiting for them.
    ///
    /// - Returns: whether the database has all of it now.
    /// - Throws: what kept it from being copied, other than readers.
    @discardableResult
    func checkpointLog() throws(Failure) -> Bool {
        onCopying(true)
        defer { onCopying(false) }
        var frames: Int32 = 0
        var copied: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied)
        // SQLITE_BUSY: somebody else copies, or recovers; the next one does it.
        if code & 0xff == SQLITE_BUSY { return false }
        guard code == SQLITE_OK else { throw failure(code, "copy_log") }
        // -1: there is no log.
        return frames >= 0 && frames == copied
    }

    /// Begins the log anew, in the file that it has: the next opening reads
    /// one frame of it instead of a thousand.
    ///
    /// SQLite overwrites a log that is wholly copied with the next commit, whatever that holds.
    func shortenLog() throws(Failure) {
        try execute("PRAGMA user_version = \(try value("PRAGMA user_version"))")
        try checkpointLog()
    }

    /// The failure of a result code. What SQLite says goes to the log; the caller is told whose the trouble is.
    func failure(_ code: Int32, _ operation: String) -> Failure {
        // A quota is a full disk to whoever has it; SQLite knows only the other.
        let isQuota = code == 10 | 3 << 8 && sqlite3_system_errno(handle) == EDQUOT
        let code = isQuota ? SQLITE_FULL : code
        let fault = StoreFault(
            code: code, operation: operation, words: String(cString: sqlite3_errmsg(handle)))
        if worst.map({ $0.scope < fault.scope }) ?? true { worst = fault }
        onFault(fault)
        return Failure(fault)
    }

    /// Begins to look out for failures anew.
    func forgetWorst() { worst = nil }
}
