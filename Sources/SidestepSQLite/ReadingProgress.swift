import CSQLite
import SidestepModel
import SidestepStore

/// Tells how far a statement is that reads every page of the database once, as VACUUM does.
///
/// What it has read are the pages that were not in the connection's cache (SQLITE_DBSTATUS_CACHE_MISS): for VACUUM INTO
/// of a file of 165 450 pages 165 451, in even steps.
final class ReadingProgress {
    /// Steps of SQLite's machine between two looks: about half a millisecond of a vacuum.
    private static let stepsBetweenLooks: Int32 = 10_000

    private let connection: Connection
    private let told: @Sendable (MaintenanceProgress) -> Void
    private let pageBytes, pages, pagesBefore: Int64
    private var lastPercent: Int64 = 0

    /// Executes a statement, and tells of each full percent.
    static func execute(
        _ sql: String, on connection: Connection, _ told: (@Sendable (MaintenanceProgress) -> Void)?
    ) throws(Failure) {
        guard let told else { return try connection.execute(sql) }
        let progress = try ReadingProgress(connection, told)
        sqlite3_progress_handler(
            connection.handle, stepsBetweenLooks,
            { context in
                Unmanaged<ReadingProgress>.fromOpaque(context!).takeUnretainedValue().look()
                return 0
            }, Unmanaged.passUnretained(progress).toOpaque())
        defer {
            sqlite3_progress_handler(connection.handle, 0, nil, nil)
            withExtendedLifetime(progress) {}
        }
        try connection.execute(sql)
        // The last look may have been a good part ago.
        progress.look()
    }

    private init(
        _ connection: Connection, _ told: @escaping @Sendable (MaintenanceProgress) -> Void
    ) throws(Failure) {
        func number(_ name: String) throws(Failure) -> Int64 {
            Int64(try connection.value("PRAGMA \(name)")) ?? 0
        }
        (self.connection, self.told) = (connection, told)
        pageBytes = try number("page_size")
        pages = max(1, try number("page_count") - number("freelist_count"))
        pagesBefore = connection.pagesRead
    }

    private func look() {
        // Temporary files of the statement may be read as well.
        let read = min(pages, connection.pagesRead - pagesBefore)
        let percent = 100 * read / pages
        guard percent > lastPercent else { return }
        lastPercent = percent
        told(MaintenanceProgress(doneBytes: read * pageBytes, totalBytes: pages * pageBytes))
    }
}
