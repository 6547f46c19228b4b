import Glibc
import SidestepModel
import SidestepStore
import Synchronization
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite struct WriterTests {
    /// A job that sets a value of a run's state.
    private final class SetValue: WriteJob {
        private let run: Int64
        private let name: String

        init(run: Int64, name: String) { (self.run, self.name) = (run, name) }

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            try transaction.setState(run: run, name: name, value: Payload(text: "1"), epoch: 0)
        }
    }

    /// A job that meets a constraint of the schema.
    private final class InsertTwice: WriteJob {
        let failure = Mutex<Failure?>(nil)

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            let run = RunRecord(
                key: 0, id: "twice", userID: 1, generation: 1, uid: "u", workflow: "w",
                now: Instant(milliseconds: 0))
            do {
                for _ in 0..<2 { _ = try transaction.insertRun(run, input: nil) }
            } catch {
                failure.withLock { $0 = error }
                throw error
            }
        }
    }

    @Test("a job that meets a constraint is refused alone, with no word of SQL")
    func constraint() throws {
        try withWriter { database, run, batches throws in
            let bad = InsertTwice()
            database.writer.submit([SetValue(run: run, name: "a"), bad, SetValue(run: run, name: "c")])
            batches.wait(for: 3)
            #expect(batches.failures.isEmpty)
            #expect(try names(database, run) == ["a", "c"])
            let failure = try #require(bad.failure.withLock { $0 })
            #expect(failure.kind == .invalidArgument)
            #expect(!failure.message.contains("UNIQUE"))
            #expect(failure.fault?.operation == "run_insert")
        }
    }

    /// A job that writes many pages, and looks what is open then.
    private final class WriteMuch: WriteJob {
        let files = Mutex<[String]>([])
        private let run: Int64
        private let value: String

        init(run: Int64, value: String) {
            (self.run, self.value) = (run, String(repeating: value, count: 2000))
        }

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            for number in 0..<200 {
                try transaction.setState(
                    run: run, name: "n\(number)", value: Payload(text: "\"\(value)\""), epoch: 0)
            }
            files.withLock { $0 = openFiles() }
        }
    }

    @Test("a batch writes to the log alone, however much one of its jobs may have to roll back")
    func savepointsInMemory() throws {
        try withWriter { database, run, batches throws in
            let jobs = ["a", "b"].map { WriteMuch(run: run, value: $0) }
            for job in jobs {
                // With another one, so that each has a savepoint.
                database.writer.submit([job, SetValue(run: run, name: "beside")])
            }
            batches.wait(for: 4)
            for job in jobs {
                let files = job.files.withLock { $0 }
                #expect(files.contains { $0.hasSuffix("sidestep.db-wal") })
                #expect(!files.contains { $0.contains("etilqs") }, "SQLite's name for temporary files")
            }
        }
    }

    /// A job that fills the disk, as far as SQLite may know one, and says nothing of it.
    private final class FillSilently: WriteJob {
        private let run: Int64

        init(run: Int64) { self.run = run }

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            guard let session = transaction as? SQLiteSession else { return }
            let pages = try session.connection.value("PRAGMA page_count")
            try session.connection.execute("PRAGMA max_page_count = \(pages)")
            let large = Payload(repeating: UInt8(ascii: "1"), count: 1 << 20)
            try? transaction.setState(run: run, name: "large", value: large, epoch: 0)
            try session.connection.execute("PRAGMA max_page_count = 1000000")
        }
    }

    @Test("a full disk ends the whole batch, also when a job has caught it")
    func fullDisk() throws {
        try withWriter { database, run, batches throws in
            database.writer.submit([SetValue(run: run, name: "a"), FillSilently(run: run)])
            batches.wait(for: 2)
            #expect(batches.failures.map(\.kind) == [.storageFull])
            database.writer.submit([SetValue(run: run, name: "b")])
            batches.wait(for: 3)
            #expect(try names(database, run) == ["b"])
        }
    }

    // MARK: Support

    private final class Batches: Sendable {
        private let counts = Mutex<[Int]>([])
        private let told = Mutex<[Failure]>([])

        func add(_ count: Int, _ failure: Failure?) {
            if let failure { told.withLock { $0.append(failure) } }
            counts.withLock { $0.append(count) }
        }

        /// Why whole batches failed.
        var failures: [Failure] { told.withLock { $0 } }
        var sizes: [Int] { counts.withLock { $0 } }
        func clear() { counts.withLock { $0 = [] } }

        /// Waits until so many jobs are settled; the test's time limit is the bound.
        func wait(for count: Int) {
            while sizes.reduce(0, +) < count { Thread.yield() }
        }
    }

    private final class AddRun: WriteJob {
        let key = Mutex<Int64>(0)

        func perform(_ transaction: any StoreTransaction) throws(Failure) {
            let run = RunRecord(
                key: 0, id: "r", userID: 1, generation: 1, uid: "u", workflow: "w",
                now: Instant(milliseconds: 0))
            let added = try transaction.insertRun(run, input: nil)
            key.withLock { $0 = added }
        }
    }

    private func open(_ folder: String, _ batches: Batches) throws -> SQLiteDatabase {
        try SQLiteDatabase(
            path: folder + "/sidestep.db", readers: 1, clock: TestClock(),
            listener: StoreListener(settled: { batches.add($0.count, $1) }, ended: { _ in }))
    }

    private func addRun(_ database: SQLiteDatabase, _ batches: Batches) throws -> Int64 {
        let job = AddRun()
        database.writer.submit([job])
        batches.wait(for: 1)
        batches.clear()
        return job.key.withLock { $0 }
    }

    private func withWriter(_ body: (SQLiteDatabase, Int64, Batches) throws -> Void) throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let batches = Batches()
        let database = try open(folder, batches)
        defer { database.close() }
        try body(database, addRun(database, batches), batches)
    }

    private func names(_ database: SQLiteDatabase, _ run: Int64) throws -> [String] {
        let session = try SQLiteSession(Connection(path: database.path, readOnly: true), StatementLibrary())
        return try session.states(run: run).map(\.name)
    }
}

private enum Thread {
    static func yield() { sched_yield() }
}

/// What the process has open, as proc(5) names it.
private func openFiles() -> [String] {
    guard let directory = opendir("/proc/self/fd") else { return [] }
    defer { closedir(directory) }
    var files: [String] = []
    while let entry = readdir(directory) {
        var path = [CChar](repeating: 0, count: 4096)
        let count = withUnsafePointer(to: &entry.pointee.d_name) { name in
            name.withMemoryRebound(to: CChar.self, capacity: 256) {
                readlinkat(dirfd(directory), $0, &path, path.count)
            }
        }
        if count > 0 {
            files.append(String(decoding: path[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self))
        }
    }
    return files
}
