import Glibc
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepSQLite

@Suite struct DatabaseFileTests {
    @Test("the log is pre-grown, so that commits overwrite, and it keeps its size over a restart")
    func pregrownLog() throws {
        try withPath { path throws in
            try open(path).close()
            #expect(fileSize(path + "-wal") >= Int64(DatabaseFile.pregrownLogBytes))
            #expect(fileSize(path) < 1 << 20, "growing the log must not grow the database")
        }
    }

    @Test("a second daemon is told who has the database")
    func secondDaemon() throws {
        try withPath { path throws in
            let first = try open(path)
            defer { first.close() }
            let error = try #require(refusal(path))
            #expect(error.exitStatus == 75)
            #expect(error.description.contains("process \(getpid())"))
        }
    }

    @Test("a database of a newer sidestepd is refused and left as it is, by the check with the same sentence")
    func newer() throws {
        try withPath { path throws in
            try open(path).close()
            try edit(path, "PRAGMA user_version = 4711")
            let error = try #require(refusal(path))
            #expect(error.exitStatus == 78)
            #expect(error.description.contains("4711"))
            let checked = #expect(throws: DatabaseOpenError.self) { try DatabaseCheck.problems(path) }
            #expect(checked?.description == error.description)
        }
    }

    @Test("a database of another program is refused")
    func foreign() throws {
        try withPath { path throws in
            try edit(path, "CREATE TABLE other (x)")
            #expect(try #require(refusal(path)).description.contains("not a Sidestep database"))
        }
    }

    @Test(
        "text, an empty file and a damaged page are each refused with exit status 78 and the way to restore",
        arguments: [
            "text", "empty", "page", "header",
        ])
    func damaged(kind: String) throws {
        try withPath { path throws in
            try open(path).close()
            unlink(path + "-wal")
            unlink(path + "-shm")
            damage(path, kind)
            let before = contents(path)
            let error = try #require(refusal(path), "\(kind) was accepted")
            #expect(error.exitStatus == 78)
            #expect(error.description.contains("Restore a backup"), "\(kind): \(error)")
            #expect(contents(path) == before, "\(kind): the file was changed")
        }
    }

    @Test("what a crash left of making a database does not stand in the way")
    func halfMade() throws {
        try withPath { path throws in
            write("half", to: path + ".new")
            try open(path).close()
            #expect(refusal(path) == nil)
        }
    }

    @Test("before a migration a whole copy is made that only its owner can open, and none if that fails")
    func copyBeforeMigration() throws {
        let old = umask(0)
        defer { umask(old) }
        try withPath { path throws in
            let last = Migrations.all.count
            let copy = "\(path).before-v\(last)-from-v\(last - 1)"
            try make(path, version: last - 1)
            // A folder in the copy's place: it cannot be given its name.
            mkdir(copy, 0o700)
            close(Glibc.open(copy + "/x", O_CREAT, 0o600))
            #expect(try #require(refusal(path)).exitStatus == 74)
            #expect(FileFacts.at(copy + ".partial") == nil)
            #expect(try version(path) == last - 1)
            removeFolder(copy)
            try open(path).close()
            #expect(try version(path) == last && version(copy) == last - 1)
            var status = stat()
            #expect(stat(copy, &status) == 0 && status.st_mode & 0o777 == 0o600)
            #expect(try DatabaseCheck.problems(Connection(path: copy, readOnly: true)).isEmpty)
        }
    }

    private func make(_ path: String, version: Int) throws {
        let connection = try Connection(path: path, readOnly: false)
        try connection.execute("PRAGMA application_id = \(DatabaseFile.applicationID)")
        try Migrations.apply(connection, from: 0, to: version)
    }

    private func version(_ path: String) throws -> Int {
        try Migrations.version(Connection(path: path, readOnly: true))
    }

    private func open(_ path: String) throws -> SQLiteDatabase {
        try SQLiteDatabase(path: path, readers: 1, clock: TestClock(), listener: .none)
    }

    private func refusal(_ path: String) -> DatabaseOpenError? {
        do throws(DatabaseOpenError) {
            try SQLiteDatabase(path: path, readers: 1, clock: TestClock(), listener: .none).close()
            return nil
        } catch {
            return error
        }
    }

    private func edit(_ path: String, _ sql: String) throws {
        try Connection(path: path, readOnly: false).execute(sql)
    }

    private func damage(_ path: String, _ kind: String) {
        switch kind {
        case "text": write("this is no database, and never was one\n", to: path)
        case "empty": truncate(path, 0)
        case "header": overwrite(path, at: 0)
        // The root page of the first table: behind the header page, in every file.
        default: overwrite(path, at: 4096)
        }
    }

    private func write(_ text: String, to path: String) {
        let file = fopen(path, "w")!
        fputs(text, file)
        fclose(file)
    }

    private func overwrite(_ path: String, at offset: Int) {
        let file = fopen(path, "r+")!
        fseek(file, offset, SEEK_SET)
        for _ in 0..<512 { fputc(0x5a, file) }
        fclose(file)
    }

    private func contents(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        return Array(bytes.prefix(fread(&bytes, 1, bytes.count, file)))
    }

    private func withPath(_ body: (String) throws -> Void) throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        try body(folder + "/sidestep.db")
    }
}
