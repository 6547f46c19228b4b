import Glibc
import TestSupport
import Testing

@testable import SidestepSQLite

/// Whose the log is that stands beside a database.
@Suite struct LogVerdictTests {
    private let ours = FileIdentity(inode: 1, born: 10)
    private let other = FileIdentity(inode: 2, born: 20)
    private let log = FileIdentity(inode: 3, born: 30)
    private let otherLog = FileIdentity(inode: 4, born: 40)

    private func verdict(
        note stamp: String? = "5.4096", boot: String = "b", isNoted: Bool = true,
        database: FileIdentity?, stamp found: String = "5.4096", log: FileIdentity?, isLive: Bool = true
    ) -> LogVerdict {
        let note = LogPair(boot: "b", database: ours, log: self.log, stamp: stamp)
        return LogVerdict(
            note: isNoted ? note : nil, boot: boot, database: database.map { ($0, found) },
            log: log.map { ($0, isLive) })
    }

    @Test("the pair that was noted, and any pair of which nothing was noted, belong together")
    func belonging() {
        #expect(verdict(database: ours, log: log) == .belongs)
        for isLive in [true, false] {
            #expect(verdict(isNoted: false, database: ours, log: otherLog, isLive: isLive) == .belongs)
        }
        #expect(verdict(isNoted: false, database: ours, log: nil) == .belongs)
        // A folder that was copied or restored as a whole.
        #expect(verdict(database: other, log: otherLog) == .belongs)
    }

    @Test("a log beside a file that took the database's name is foreign; an empty one is nobody's")
    func foreign() {
        for boot in ["b", "later"] {
            #expect(verdict(boot: boot, database: other, log: log) == .foreign)
            #expect(verdict(boot: boot, database: other, log: log, isLive: false) == .belongs)
        }
        #expect(verdict(database: other, log: nil) == .belongs)
    }

    @Test(
        "a database that was written by something else since is a person's affair, if its log holds something"
    )
    func touched() {
        #expect(verdict(database: ours, stamp: "6.4096", log: log) == .isTouched)
        #expect(verdict(database: ours, stamp: "5.8192", log: log) == .isTouched)
        #expect(verdict(database: ours, stamp: "6.4096", log: log, isLive: false) == .belongs)
        // After a power cut the note may be older; a database that was being written has no stamp.
        #expect(verdict(boot: "later", database: ours, stamp: "6.4096", log: log) == .belongs)
        #expect(verdict(note: nil, database: ours, stamp: "6.4096", log: log) == .belongs)
    }

    @Test("a log that is gone from an untouched database took acknowledged work with it")
    func goneLogs() {
        #expect(verdict(database: ours, log: nil) == .logIsGone)
        #expect(verdict(database: ours, log: otherLog) == .logIsGone)
        // Somebody copied it into the database, or put another file there with an empty log.
        #expect(verdict(database: ours, stamp: "6.4096", log: nil) == .belongs)
        #expect(verdict(boot: "later", database: ours, log: nil) == .belongs)
    }

    @Test("a log without a database keeps a new one from being made; an empty one does not")
    func goneDatabase() {
        for isNoted in [true, false] {
            #expect(verdict(isNoted: isNoted, database: nil, log: log) == .databaseIsGone)
            #expect(verdict(isNoted: isNoted, database: nil, log: log, isLive: false) == .belongs)
            #expect(verdict(isNoted: isNoted, database: nil, log: nil) == .belongs)
        }
    }

    @Test("the lock file's text comes back as it was written, with what clients are told")
    func notes() throws {
        for stamp in ["5.4096", nil] {
            for pair in [nil, LogPair(boot: "b", database: ours, log: log, stamp: stamp)] {
                let note = DatabaseNote(pid: 7, holder: ["socket /run/a b/s", "private"], pair: pair)
                #expect(DatabaseNote(note.text) == note)
            }
        }
        #expect(
            DatabaseNote("4711\n") == DatabaseNote(pid: 4711), "the first daemons wrote their number alone")
        for text in ["", "pid", "pid x\n", "socket /s\n", "pid 0\n", "pid -1\n"] {
            #expect(DatabaseNote(text) == nil)
        }
        let torn = try #require(DatabaseNote("pid 7\nboot b\ndatabase 1.10\nlog 3\n"))
        #expect(torn.pair == nil)
    }
}

@Suite struct DatabasePlaceTests {
    @Test("all names of a file come to one, also of a file that is not there yet")
    func canonical() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let real = try DatabasePlace.canonical(folder) + "/d.db"
        symlink("d.db", folder + "/relative")
        symlink(folder + "/relative", folder + "/absolute")
        symlink(folder, folder + "/folder")
        let names = ["d.db", "relative", "absolute", "folder/d.db", "folder/relative", "./d.db"]
        for name in names { #expect(try DatabasePlace.canonical("\(folder)/\(name)") == real) }
        close(open(real, O_CREAT, 0o600))
        for name in names { #expect(try DatabasePlace.canonical("\(folder)/\(name)") == real) }
        symlink("circle", folder + "/circle")
        for name in ["circle", "no/such/d.db"] {
            #expect(throws: DatabaseOpenError.self) { try DatabasePlace.canonical("\(folder)/\(name)") }
        }
    }

    @Test("what machines share is known by its number, and a local disk is none of it")
    func shared() throws {
        #expect(DatabasePlace.shared[0x6969] == "NFS")
        try DatabasePlace.refuseShared("/tmp/d.db")
    }
}
