import Glibc
import Testing

@testable import SidestepWorkspace

/// Folders on a real file system.
@Suite struct WorkspaceTests {
    let place: String
    let folder: String

    init() throws {
        var template = Array("/tmp/sidestep-workspace-XXXXXX".utf8CString)
        place = String(cString: try #require(mkdtemp(&template)))
        folder = place + "/tree"
        mkdir(folder, 0o755)
    }

    func workspace() throws -> Workspace {
        try Workspace(folder, Snapshots(root: place + "/state/sidestep/workspaces", key: "run-1", run: "run"))
    }

    func write(_ name: String, _ text: String, mode: mode_t = 0o644) {
        let file = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode)
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        close(file)
    }

    /// All of it as a shell sees it: kinds, rights, times, numbers of names, contents.
    func picture() -> String {
        shell(
            "cd \(folder) && find . -printf '%p %y %m %T@ %n %l\\n' | sort"
                + " && find . -type f | sort | xargs -d '\\n' -r sha256sum"
        )
    }

    @discardableResult func shell(_ command: String) -> String {
        guard let stream = popen("LC_ALL=C " + command, "r") else { return "" }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { text += chunk[..<count] }
        pclose(stream)
        return String(decoding: text, as: UTF8.self)
    }

    @Test func aFolderIsSetBackToWhatItHeldAndWhatWasThereIsKept() throws {
        write("a", "one")
        write("script", "#!/bin/sh", mode: 0o755)
        shell(
            "cd \(folder) && mkdir -p deep/er empty && echo two >deep/er/b && ln -s ../a deep/link && ln a deep/same"
                + " && printf x >'odd\n name' && chmod 500 empty && touch -d '2001-02-03 04:05:06.789' deep a"
        )
        let right = picture()
        #expect(try workspace().prepare() == .kept(entries: 10))
        shell(
            "cd \(folder) && echo more >>a && rm deep/link && rm -r deep/er && mkdir deep/link && echo z >deep/link/z"
                + " && chmod 700 empty && echo new >empty/new && mv script 'odd\n name'"
                + " && echo apart >deep/same.new && mv deep/same.new deep/same"
        )
        let wrong = picture()
        guard case .restored(let before, _) = try workspace().prepare() else {
            Issue.record("it was not set back")
            return
        }
        #expect(before == "end-1")
        #expect(picture() == right)
        #expect(try workspace().prepare() == .unchanged)
        // What was there is kept, all of it, and can come back.
        _ = try workspace().restore("end-1")
        #expect(picture() == wrong)
        #expect(try workspace().snapshots.names == ["start", "end-1", "before-restore-1"])
        shell("chmod -R u+rwx \(place); rm -rf \(place)")
    }

    @Test(arguments: 0..<12) func anyTreeComesBackFromAnyOther(seed: UInt64) throws {
        var chance = Chance(seed: seed &+ 1000)
        func fill() {
            for _ in 0..<40 {
                let names = (0...chance.below(3)).map { _ in ["a", "b", "c", "d"][chance.below(4)] }
                let path = names.joined(separator: "/")
                let folder = names.dropLast().isEmpty ? "." : names.dropLast().joined(separator: "/")
                let command = [
                    "mkdir -p \(folder) && echo \(chance.below(9)) >\(path)", "rm -rf \(path)",
                    "mkdir -p \(path)",
                    "ln -s a \(path)", "chmod 7\(chance.below(8))\(chance.below(8)) \(path)", "ln a \(path)",
                    "mv a \(path)", "touch -d @\(chance.below(99)) \(path)",
                ][chance.below(8)]
                shell("sh -c 'cd \(self.folder) && \(command)' 2>/dev/null")
            }
        }
        fill()
        let right = picture()
        _ = try workspace().prepare()
        for _ in 0..<3 {
            fill()
            _ = try workspace().prepare()
            #expect(picture() == right)
        }
        shell("chmod -R u+rwx \(place); rm -rf \(place)")
    }

    @Test func whatIsIgnoredIsNeitherKeptNorTouched() throws {
        write(".sidestepignore", "*.cache\n")
        write("a", "one")
        write("b.cache", "first")
        _ = try workspace().prepare()
        write("a", "two")
        write("b.cache", "second")
        _ = try workspace().prepare()
        #expect(shell("cat \(folder)/a \(folder)/b.cache") == "onesecond")
        shell("rm -rf \(place)")
    }

    @Test func tooMuchIsRefusedBeforeAnythingIsKept() throws {
        write("a", String(repeating: "x", count: 2000))
        let snapshots = Snapshots(root: place + "/state/sidestep/workspaces", key: "run-1", run: "run")
        let small = try Workspace(folder, snapshots, bytes: 1000)
        #expect(throws: WorkspaceError.self) { try small.prepare() }
        #expect(!snapshots.has(Snapshots.start))
        shell("rm -rf \(place)")
    }

    @Test func whatIsOursIsNoPartOfIt() throws {
        let own = try Workspace(
            place, Snapshots(root: place + "/state/sidestep/workspaces", key: "run-1", run: "run"))
        _ = try own.prepare()
        write("late", "x")
        _ = try own.prepare()
        #expect(
            shell("ls \(place)/state/sidestep/workspaces/runs/run-1 | xargs") == "directory end-1 run start\n"
        )
        #expect(shell("ls \(folder)") == "")
        shell("rm -rf \(place)")
    }

    @Test func aChildThatIsBeingMadeDoesNotKeepTheLock() throws {
        _ = try workspace().prepare()
        let lock = try Workspace.Lock(workspace().snapshots)
        let inherited = dup(lock.file)
        defer { close(inherited) }
        lock.release()
        try Workspace.Lock(workspace().snapshots).release()
        shell("rm -rf \(place)")
    }

    @Test func pipesStayAndDoNotBlock() throws {
        mkfifo(folder + "/pipe", 0o600)
        _ = try workspace().prepare()
        write("new", "x")
        _ = try workspace().prepare()
        #expect(shell("ls \(folder)") == "pipe\n")
        shell("rm -rf \(place)")
    }

    @Test func aDamagedContentIsNoticedAndNothingIsPutInItsPlace() throws {
        write("a", "precious")
        _ = try workspace().prepare()
        shell(
            "cd \(place)/state/sidestep/workspaces/objects && f=$(find . -type f) && chmod 600 $f && echo broken >$f"
        )
        write("a", "changed")
        #expect(throws: WorkspaceError.self) { try workspace().prepare() }
        #expect(shell("cat \(folder)/a") == "changed")
        shell("rm -rf \(place)")
    }

    @Test func anotherFolderIsNotThatOfTheRun() throws {
        _ = try workspace().prepare()
        mkdir(place + "/other", 0o755)
        let other = try Workspace(
            place + "/other", Snapshots(root: place + "/state/sidestep/workspaces", key: "run-1", run: "run"))
        #expect(throws: WorkspaceError.self) { try other.prepare() }
        shell("rm -rf \(place)")
    }
}
