import SidestepHost
import SidestepModel

/// A look at every page of a database that no daemon has open.
public enum DatabaseCheck {
    /// What is wrong; empty when nothing is.
    ///
    /// - Throws: `DatabaseOpenError` for what a daemon would refuse to open, with the same sentence.
    public static func problems(_ name: String) throws(DatabaseOpenError) -> [String] {
        guard fileSize(name) > 0 else { throw .cannotOpen(name, "there is no database") }
        let lock = try DatabaseLock(database: name)
        defer { withExtendedLifetime(lock) {} }
        if try LogFile.isForeign(lock, boot: ProcessTable.bootID) {
            return [
                "\(LogFile.path(of: lock.path)) is the log of another file that had this name; a daemon sets it aside"
            ]
        }
        return try problems(ofFile: lock.path)
    }

    /// Makes sure that a file is a whole database of ours.
    static func verify(_ path: String) throws(DatabaseOpenError) {
        if let first = try problems(ofFile: path).first { throw .corrupt(path, first) }
    }

    private static func problems(ofFile path: String) throws(DatabaseOpenError) -> [String] {
        do {
            let connection = try Connection(path: path, readOnly: true)
            try DatabaseFile.identify(connection, path)
            return try problems(connection)
        } catch let error as DatabaseOpenError {
            throw error
        } catch {
            throw (error as? Failure).map { .of($0, path) } ?? .cannotOpen(path, "\(error)")
        }
    }

    /// The same through a connection that is open.
    static func problems(_ connection: Connection) throws(Failure) -> [String] {
        let statement = Statement(connection, name: "check", sql: "PRAGMA integrity_check(100)")
        let lines = try statement.all { $0.string() }
        let orphans = try Statement(connection, name: "keys", sql: "PRAGMA foreign_key_check").all {
            "a row of \($0.string()) refers to nothing"
        }
        return (lines == ["ok"] ? [] : lines) + orphans.prefix(100)
    }
}
