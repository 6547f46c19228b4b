import Glibc
import SidestepModel
import SidestepSQLite
import SidestepStore

/// The store that tests run on.
public enum TestStore {
    /// Opens a store for a test, or opens it again.
    ///
    /// SIDESTEP_TEST_DATABASE names a folder for databases of SQLite, or the URL of another store; without it they are
    /// where the test wants them.
    ///
    /// - Parameters:
    ///   - path: what the test would call a file; the name of its folder is the test's own.
    ///   - clock: the time of what is written; it stands still unless the test moves it.
    ///   - inlineLimit: how many jobs at once the caller's thread performs itself.
    public static func open(
        _ path: String, inlineLimit: Int = .max, clock: any Clock = TestClock(), _ listener: StoreListener
    ) throws -> any StoreDatabase {
        try SQLiteDatabase(
            path: place(path), readers: 1, inlineLimit: inlineLimit, clock: clock, listener: listener)
    }

    private static func place(_ path: String) -> String {
        guard let named = getenv("SIDESTEP_TEST_DATABASE") else { return path }
        let place = String(cString: named)
        precondition(!place.contains("://"), "no store speaks what SIDESTEP_TEST_DATABASE names: \(place)")
        return place + "/" + path.split(separator: "/").joined(separator: "-")
    }
}
