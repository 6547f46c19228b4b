import SidestepModel

/// A look at every page of a database that no daemon has open.
public enum DatabaseCheck {
    /// What is wrong; empty when nothing is.
    public static func problems(_ path: String) throws(DatabaseOpenError) -> [String] {
        guard fileSize(path) > 0 else { throw .cannotOpen(path, "there is no database") }
        let lock = try DatabaseLock(database: path)
        defer { withExtendedLifetime(lock) {} }
        do {
            return try problems(Connection(path: path, readOnly: true))
        } catch {
            throw .of(error, path)
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
