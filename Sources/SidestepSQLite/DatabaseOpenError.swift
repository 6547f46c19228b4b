import SidestepModel

/// Why a database was not opened: one sentence and the exit status of sysexits(3) that fits.
/// Nothing was changed.
public struct DatabaseOpenError: Error, CustomStringConvertible {
    /// A sentence for the operator.
    public let description: String
    /// What the program ends with: 74, 75 or 78 of sysexits.h.
    public let exitStatus: Int32

    /// 78, EX_CONFIG: starting again cannot help, somebody has to act.
    static let needsPerson: Int32 = 78

    static func inUse(_ path: String, _ holder: Int32?) -> DatabaseOpenError {
        let who = holder.map { "process \($0)" } ?? "another process"
        return DatabaseOpenError(
            description: """
                \(path) is in use by \(who), another sidestepd. \
                Stop it, or give this one its own --database.
                """, exitStatus: 75)
    }

    static func cannotOpen(_ path: String, _ reason: String) -> DatabaseOpenError {
        DatabaseOpenError(description: "cannot open \(path): \(reason).", exitStatus: 74)
    }

    static func corrupt(_ path: String, _ reason: String) -> DatabaseOpenError {
        DatabaseOpenError(
            description: """
                \(path) is damaged and was left as it is: \(reason). Restore a backup, or move the file away \
                together with \(path)-wal and \(path)-shm to begin with an empty database; then, under \
                systemd: systemctl reset-failed sidestepd; systemctl start sidestepd.socket
                """, exitStatus: needsPerson)
    }

    /// What a failure of SQLite's means while a database is being opened: few of them say that it is damaged.
    static func of(_ failure: Failure, _ path: String) -> DatabaseOpenError {
        failure.isOfDamage ? .corrupt(path, failure.reason) : .cannotOpen(path, failure.reason)
    }

    static func foreign(_ path: String) -> DatabaseOpenError {
        DatabaseOpenError(
            description: """
                \(path) is not a Sidestep database and was left as it is. \
                Name another file with --database.
                """, exitStatus: needsPerson)
    }

    static func newer(_ path: String, _ version: Int, _ known: Int) -> DatabaseOpenError {
        DatabaseOpenError(
            description: """
                \(path) has schema version \(version); this sidestepd knows versions up to \(known) and left it \
                as it is. Install the newer sidestepd.
                """, exitStatus: needsPerson)
    }

    static func unsafe(_ path: String, _ reason: String) -> DatabaseOpenError {
        DatabaseOpenError(
            description: "\(path) cannot be written durably: \(reason).", exitStatus: needsPerson)
    }

    static func withoutLocks(_ path: String, _ reason: String) -> DatabaseOpenError {
        unsafe(path, "its file system has no locks (\(reason)); put it on a local disk")
    }

    /// - Parameter rescued: a copy that a daemon made when it noticed.
    static func gone(_ path: String, rescued: String?) -> DatabaseOpenError {
        let way =
            rescued.map { "Put back what was rescued: sidestepd restore --from \($0) --database \(path)" }
            ?? "Restore a backup: sidestepd restore --from BACKUP --database \(path)"
        return DatabaseOpenError(
            description: """
                \(path) is gone, and its log \(path)-wal is there; nothing was changed. \(way). \
                To begin with an empty database, move the log away.
                """, exitStatus: needsPerson)
    }

    static func logGone(_ path: String, rescued: String?) -> DatabaseOpenError {
        let way =
            rescued.map {
                "All of it is in \($0): sidestepd restore --from \($0) --database \(path) --replace"
            }
            ?? "Restore a backup, or put the log back"
        return DatabaseOpenError(
            description: """
                The log of \(path) was removed or replaced, and with it what was acknowledged since the database was \
                last written; nothing was changed. \(way). To go on without it, remove \(path).lock.
                """, exitStatus: needsPerson)
    }

    static func touched(_ path: String) -> DatabaseOpenError {
        DatabaseOpenError(
            description: """
                \(path) was written by something else than sidestepd since its log \(path)-wal was begun; nothing was \
                changed. If another file was put in its place, move the log away: it would be written into that file. \
                If it is the same database, remove \(path).lock.
                """, exitStatus: needsPerson)
    }
}
