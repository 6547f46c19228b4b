import Glibc
import SidestepModel

/// Puts a backup in the place of a database that no daemon has open.
public enum DatabaseRestore {
    /// Checks the backup, sets what is there aside, and puts a copy of the backup in its place.
    ///
    /// - Parameter replaces: whether an existing database may be set aside.
    /// What root restores belongs to whom the former file, or else the directory, belongs.
    ///
    /// - Returns: where the former database is now; nil if there was none.
    /// - Throws: `DatabaseOpenError`; then everything is as it was.
    public static func restore(
        _ backup: String, to path: String, replaces: Bool
    ) throws(DatabaseOpenError) -> String? {
        guard fileSize(backup) > 0 else { throw .cannotOpen(backup, "there is no such backup") }
        let owner = FileOwner.of(path)
        let lock = try DatabaseLock(database: path)
        defer { withExtendedLifetime(lock) {} }
        let isThere = access(path, F_OK) == 0
        if isThere && !replaces {
            throw .cannotOpen(path, "there is a database already; --replace sets it aside")
        }
        try verify(backup)
        let draft = path + ".restoring"
        do {
            _ = try DatabaseCopy.write(backup, to: draft, overwrites: true)
        } catch {
            throw .cannotOpen(draft, error.message)
        }
        owner?.adopt(draft)
        let aside = isThere ? freeName(path) : nil
        if let aside { setAside(path, as: aside) }
        guard rename(draft, path) == 0 else { throw .cannotOpen(path, String(cString: strerror(errno))) }
        DatabaseFile.syncDirectory(of: path)
        return aside
    }

    private static func verify(_ backup: String) throws(DatabaseOpenError) {
        do {
            let connection = try Connection(path: backup, readOnly: true)
            guard Int(try connection.value("PRAGMA application_id")) == DatabaseFile.applicationID else {
                throw DatabaseOpenError.foreign(backup)
            }
            let version = try Migrations.version(connection)
            if version > Migrations.all.count {
                throw DatabaseOpenError.newer(backup, version, Migrations.all.count)
            }
            let problems = try DatabaseCheck.problems(connection)
            if let first = problems.first { throw DatabaseOpenError.corrupt(backup, first) }
        } catch let error as DatabaseOpenError {
            throw error
        } catch {
            throw .corrupt(backup, (error as? Failure)?.message ?? "\(error)")
        }
    }

    /// The log goes with its database: either is worth nothing without the other.
    private static func setAside(_ path: String, as aside: String) {
        rename(path, aside)
        rename(path + "-wal", aside + "-wal")
        unlink(path + "-shm")
    }

    private static func freeName(_ path: String) -> String {
        var number = 1
        while access("\(path).replaced-\(number)", F_OK) == 0 { number += 1 }
        return "\(path).replaced-\(number)"
    }
}
