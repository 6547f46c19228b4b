import Glibc
import SidestepModel

/// Puts a backup in the place of a database that no daemon has open.
///
/// At every moment there is a whole database under the name, the old one or the new one: it has a second
/// name before it loses the first. Its log loses its name last; until then the lock file says whose it is,
/// so that a daemon which is started after a crash in between does not give it to the new database.
public enum DatabaseRestore {
    /// Where the files are now that were there before.
    public struct SetAside: Sendable, Equatable {
        public var database: String?
        public var log: String?

        public init(database: String? = nil, log: String? = nil) {
            (self.database, self.log) = (database, log)
        }
    }

    /// Checks the backup, sets what is there aside, puts a copy of the backup in its place, and checks that.
    ///
    /// - Parameter replaces: whether an existing database may be set aside.
    /// What root restores belongs to whom the former file, or else the directory, belongs.
    ///
    /// - Throws: `DatabaseOpenError`; then everything is as it was.
    public static func restore(
        _ backup: String, to name: String, replaces: Bool
    ) throws(DatabaseOpenError) -> SetAside {
        guard fileSize(backup) > 0 else { throw .cannotOpen(backup, "there is no such backup") }
        let lock = try DatabaseLock(database: name)
        defer { withExtendedLifetime(lock) {} }
        let path = lock.path
        let isThere = FileFacts.at(path) != nil
        if isThere && !replaces {
            throw .cannotOpen(path, "there is a database already; --replace sets it aside")
        }
        try DatabaseCheck.verify(backup)
        let draft = path + ".restoring"
        do {
            _ = try DatabaseCopy.write(backup, to: draft, overwrites: true)
        } catch {
            throw .cannotOpen(draft, error.reason)
        }
        FileOwner.of(path)?.adopt(draft)
        let aside = try exchange(draft, lock)
        do {
            try DatabaseCheck.verify(path)
        } catch {
            putBack(aside, path)
            throw error
        }
        lock.logIsEmpty()
        DatabaseFile.syncDirectory(of: path)
        return aside
    }

    private static func exchange(_ draft: String, _ lock: DatabaseLock) throws(DatabaseOpenError) -> SetAside
    {
        let path = lock.path
        let log = LogFile.path(of: path)
        let former = FileFacts.at(path)
        var aside = SetAside()
        if former != nil {
            let name = DatabasePlace.freeName(path + ".replaced-")
            try step(link(path, name), name)
            aside.database = name
        }
        let found = FileFacts.at(log)
        if let found { lock.logBelongs(found.identity, to: former?.identity) }
        guard rename(draft, path) == 0 else {
            let reason = String(cString: strerror(errno))
            if let name = aside.database { unlink(name) }
            throw .cannotOpen(path, reason)
        }
        DatabaseFile.syncDirectory(of: path)
        if found != nil {
            let name = aside.database.map(LogFile.path) ?? DatabasePlace.freeName(log + ".replaced-")
            try step(rename(log, name), name)
            aside.log = name
        }
        unlink(path + "-shm")
        return aside
    }

    private static func putBack(_ aside: SetAside, _ path: String) {
        if let database = aside.database { rename(database, path) } else { unlink(path) }
        if let log = aside.log { rename(log, LogFile.path(of: path)) }
        DatabaseFile.syncDirectory(of: path)
    }

    private static func step(_ code: Int32, _ path: String) throws(DatabaseOpenError) {
        guard code == 0 else { throw .cannotOpen(path, String(cString: strerror(errno))) }
    }
}
