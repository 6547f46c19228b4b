import CSQLite
import Glibc
import SidestepHost
import SidestepModel
import SidestepStore
import Synchronization

/// Backup, check and vacuum beside a running daemon.
///
/// Backup and check read a snapshot on a connection of their own, so that writing goes on; the log cannot be begun anew
/// meanwhile and grows by what is written. Only the vacuum is the writer's (Connection.swift says why).
final class DatabaseMaintenance: StoreMaintenance {
    private struct State {
        var isBusy = false
        /// The thread of the last task.
        var thread: WorkerThread?
    }

    private let path: String
    private let writer: SQLiteWriter
    private let onFault: @Sendable (StoreFault) -> Void
    private let state = Mutex(State())

    init(path: String, writer: SQLiteWriter, onFault: @escaping @Sendable (StoreFault) -> Void) {
        self.path = path
        self.writer = writer
        self.onFault = onFault
    }

    func perform(
        _ task: MaintenanceTask, told: (@Sendable (MaintenanceProgress) -> Void)?,
        _ reply: @escaping @Sendable (Result<MaintenanceReport, Failure>) -> Void
    ) {
        let isFree = state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
        guard isFree else {
            return reply(
                .failure(
                    Failure(
                        .overloaded, "a backup, check or vacuum is under way",
                        hint: "Call again when it is done; one of them runs at a time.")))
        }
        join()
        do throws(Failure) {
            let thread = try WorkerThread("maintenance", nice: 5) { [self] in
                let result = Result { () throws(Failure) in try carryOut(task, told) }
                state.withLock { $0.isBusy = false }
                reply(result)
            }
            state.withLock { $0.thread = thread }
        } catch {
            state.withLock { $0.isBusy = false }
            reply(.failure(error))
        }
    }

    /// Waits for the task that is under way.
    func close() { join() }

    private func join() { state.withLock { $0.thread.take() }?.join() }

    private func carryOut(
        _ task: MaintenanceTask, _ told: (@Sendable (MaintenanceProgress) -> Void)?
    ) throws(Failure) -> MaintenanceReport {
        switch task {
        case .backup(let target, let overwrites):
            return .backup(
                bytes: try DatabaseCopy.write(
                    path, to: target, overwrites: overwrites, onFault: onFault, told))
        case .copy: return .copy(try UnnamedCopy(of: path, onFault: onFault, told))
        case .check:
            return .check(
                problems: try DatabaseCheck.problems(
                    Connection(path: path, readOnly: true, onFault: onFault)))
        case .vacuum:
            let before = fileSize(path)
            try writer.exclusively { connection throws(Failure) in
                try ReadingProgress.execute("VACUUM", on: connection, told)
                try connection.checkpointLog()
            }
            return .vacuum(bytesBefore: before, bytesAfter: fileSize(path))
        }
    }
}

/// A whole copy of a database under another name: there in full, or not at all.
enum DatabaseCopy {
    /// - Returns: the bytes of the copy.
    static func write(
        _ source: String, to target: String, overwrites: Bool,
        onFault: @escaping @Sendable (StoreFault) -> Void = { _ in },
        _ told: (@Sendable (MaintenanceProgress) -> Void)? = nil
    ) throws(Failure) -> Int64 {
        if let place = PrivateDirectories.one(holding: target) { throw hidden(target, in: place) }
        return try write(to: target, overwrites: overwrites) { draft throws(Failure) in
            let connection = try Connection(path: source, readOnly: true, onFault: onFault)
            // The connection may write for the copy's sake alone: it is never told to write the source.
            try connection.execute("PRAGMA query_only = OFF")
            try copy(connection, to: draft, told)
        }
    }

    /// - Parameter fill: writes the copy under the name that it is given.
    static func write(
        to target: String, overwrites: Bool, _ fill: (String) throws(Failure) -> Void
    ) throws(Failure) -> Int64 {
        if !overwrites, access(target, F_OK) == 0 { throw exists(target) }
        let draft = target + ".partial"
        unlink(draft)
        do throws(Failure) {
            try makePrivate(draft)
            try fill(draft)
            try sync(draft)
            try publish(draft, as: target, overwrites: overwrites)
        } catch {
            unlink(draft)
            throw error
        }
        DatabaseFile.syncDirectory(of: target)
        return fileSize(target)
    }

    /// VACUUM INTO reads one snapshot and leaves free pages out.
    static func copy(
        _ connection: Connection, to draft: String, _ told: (@Sendable (MaintenanceProgress) -> Void)? = nil
    ) throws(Failure) {
        let quoted = draft.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        try ReadingProgress.execute("VACUUM INTO '\(quoted)'", on: connection, told)
    }

    /// An empty file that only its owner can open; SQLite fills it.
    static func makePrivate(_ path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failed("make", path) }
        close(descriptor)
    }

    private static func sync(_ path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failed("sync", path) }
    }

    /// Gives the draft its name: link(2) fails where there is a file, rename(2) replaces it.
    private static func publish(_ draft: String, as target: String, overwrites: Bool) throws(Failure) {
        if overwrites {
            guard rename(draft, target) == 0 else { throw failed("rename to", target) }
            return
        }
        guard link(draft, target) == 0 else {
            throw errno == EEXIST ? exists(target) : failed("link to", target)
        }
        unlink(draft)
    }

    private static func exists(_ path: String) -> Failure {
        Failure(
            .invalidArgument, "there is a file \(path) already",
            hint: "Name another file, or pass `overwrite` to replace it.")
    }

    /// Where the caller would look for it there is another directory.
    private static func hidden(_ path: String, in place: String) -> Failure {
        Failure(
            .invalidArgument,
            "\(path) lies in a \(place) that only the daemon's unit sees (PrivateTmp=): nobody would find it",
            hint:
                "`sidestep backup FILE` writes the file as its caller; or name a directory of ReadWritePaths=."
        )
    }

    private static func failed(_ action: String, _ path: String) -> Failure {
        let isForbidden = [EROFS, EACCES, EPERM].contains(errno)
        let unit =
            isForbidden ? " Under systemd its unit must allow it, too: ReadWritePaths=, ProtectHome=." : ""
        return Failure(
            errno == ENOSPC ? .storageFull : .storageError,
            "cannot \(action) \(path): \(String(cString: strerror(errno)))",
            hint: "The daemon writes the file as its own user; name a place where that one may.\(unit) "
                + "`sidestep backup FILE` writes as its caller.")
    }
}
