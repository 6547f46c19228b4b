import Glibc
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite struct MaintenanceTests {
    @Test("a backup taken while runs are written holds a whole state, and can be restored")
    func backup() throws {
        try withDatabase { database, folder throws in
            let copy = folder + "/copy.db"
            for index in 0..<50 { add("before-\(index)", to: database) }
            database.writer.submit((0..<200).map { AddRun("while-\($0)") })
            guard case .backup(let bytes) = try perform(.backup(path: copy, overwrites: false), database)
            else { return }
            #expect(bytes == fileSize(copy) && bytes > 0)
            #expect(try DatabaseCheck.problems(copy).isEmpty)
            let restored = folder + "/restored.db"
            #expect(try DatabaseRestore.restore(copy, to: restored, replaces: false) == nil)
            let again = try SQLiteSession(DatabaseFile.open(restored), StatementLibrary())
            #expect(try again.run(user: 1, id: "before-49", generation: nil) != nil)
        }
    }

    @Test("a backup never takes the place of a file unless asked to, and leaves no draft behind")
    func existing() throws {
        try withDatabase { database, folder throws in
            let copy = folder + "/copy.db"
            _ = try perform(.backup(path: copy, overwrites: false), database)
            #expect(throws: Failure.self) { try perform(.backup(path: copy, overwrites: false), database) }
            _ = try perform(.backup(path: copy, overwrites: true), database)
            #expect(throws: Failure.self) {
                try perform(.backup(path: folder + "/no/such/place.db", overwrites: false), database)
            }
            #expect(access(copy + ".partial", F_OK) != 0)
        }
    }

    @Test("check finds nothing wrong, vacuum gives space back, and writing goes on after both")
    func checkAndVacuum() throws {
        try withDatabase { database, folder throws in
            database.writer.submit((0..<500).map { AddRun("r-\($0)") })
            #expect(try perform(.check, database) == .check(problems: []))
            guard case .vacuum(let before, let after) = try perform(.vacuum, database) else { return }
            #expect(before > 0 && after > 0)
            add("later", to: database)
            #expect(try perform(.check, database) == .check(problems: []))
        }
    }

    @Test("a database in use is not restored, and one that is there is set aside only when asked to")
    func restoring() throws {
        try withDatabase { database, folder throws in
            let copy = folder + "/copy.db"
            _ = try perform(.backup(path: copy, overwrites: false), database)
            #expect(throws: DatabaseOpenError.self) {
                try DatabaseRestore.restore(copy, to: database.path, replaces: true)
            }
            database.close()
            #expect(throws: DatabaseOpenError.self) {
                try DatabaseRestore.restore(copy, to: database.path, replaces: false)
            }
            let aside = try DatabaseRestore.restore(copy, to: database.path, replaces: true)
            #expect(aside == database.path + ".replaced-1")
            #expect(fileSize(database.path + ".replaced-1") > 0)
            #expect(throws: DatabaseOpenError.self) {
                try DatabaseRestore.restore(folder + "/nothing.db", to: database.path, replaces: true)
            }
        }
    }

    // MARK: Playing

    private final class AddRun: WriteJob {
        let run: RunRecord

        init(_ id: String) {
            run = RunRecord(
                key: 0, id: id, userID: 1, generation: 1, uid: id, workflow: "w",
                now: Instant(milliseconds: 1))
        }

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            _ = try transaction.insertRun(run, input: Payload(text: "1"))
        }
    }

    private func add(_ id: String, to database: SQLiteDatabase) { database.writer.submit([AddRun(id)]) }

    /// Carries out a task and waits for it.
    private func perform(_ task: MaintenanceTask, _ database: SQLiteDatabase) throws -> MaintenanceReport {
        let monitor = Monitor()
        nonisolated(unsafe) let box = Box()
        database.maintenance.perform(task) { result in
            monitor.locked {
                box.value = result
                monitor.broadcast()
            }
        }
        return try monitor.locked {
            while box.value == nil { monitor.wait() }
            return try box.value!.get()
        }
    }

    private final class Box {
        var value: Result<MaintenanceReport, Failure>?
    }

    private func withDatabase(_ body: (SQLiteDatabase, String) throws -> Void) throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let database = try SQLiteDatabase(
            path: folder + "/sidestep.db", readers: 1, inlineLimit: .max, onSettled: { _, _ in },
            onFatal: { _ in })
        defer { database.close() }
        try body(database, folder)
    }
}
