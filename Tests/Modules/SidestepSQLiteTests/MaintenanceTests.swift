import Glibc
import SidestepHost
import SidestepModel
import SidestepStore
import Synchronization
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
            #expect(try DatabaseRestore.restore(copy, to: restored, replaces: false) == .init())
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

    @Test("a backup and a vacuum tell each percent once, of all that is there; a check cannot tell")
    func progress() throws {
        try withDatabase { database, folder throws in
            database.writer.submit((0..<20_000).map { AddRun("r-\($0)") })
            let copy = MaintenanceTask.backup(path: folder + "/copy.db", overwrites: false)
            try expectProgress(of: copy, database)
            #expect(try progress(of: .check, database).isEmpty)
            database.close()
            // What the writer has in its cache it does not read: a long database has most of it elsewhere.
            try withDatabase(in: folder) { database, _ throws in try expectProgress(of: .vacuum, database) }
        }
    }

    private func expectProgress(of task: MaintenanceTask, _ database: SQLiteDatabase) throws {
        let all = try progress(of: task, database)
        #expect(all.count > 10 && all.count <= 100, "\(task.name): \(all.count)")
        #expect(Set(all.map(\.totalBytes)).count == 1)
        #expect(all.map(\.doneBytes) == Set(all.map(\.doneBytes)).sorted())
        let last = try #require(all.last)
        #expect(last.doneBytes <= last.totalBytes && last.doneBytes * 10 > last.totalBytes * 9)
    }

    private func progress(
        of task: MaintenanceTask, _ database: SQLiteDatabase
    ) throws -> [MaintenanceProgress] {
        let told = Mutex<[MaintenanceProgress]>([])
        _ = try perform(task, database) { progress in told.withLock { $0.append(progress) } }
        return told.withLock { $0 }
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
            #expect(aside.database == database.path + ".replaced-1")
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
    private func perform(
        _ task: MaintenanceTask, _ database: SQLiteDatabase,
        told: (@Sendable (MaintenanceProgress) -> Void)? = nil
    ) throws -> MaintenanceReport {
        let monitor = Monitor()
        nonisolated(unsafe) let box = Box()
        database.maintenance.perform(task, told: told) { result in
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
        try withDatabase(in: folder, body)
    }

    private func withDatabase(
        in folder: String, _ body: (SQLiteDatabase, String) throws -> Void
    ) throws {
        let database = try SQLiteDatabase(
            path: folder + "/sidestep.db", readers: 1, inlineLimit: .max, clock: TestClock(),
            listener: .none)
        defer { database.close() }
        try body(database, folder)
    }
}
