import Glibc
import Testing

@testable import SidestepWorkspace

/// What a folder held right before calls: kept while a program is at work, taken over by forks, forgotten.
@Suite struct TreeOfCallTests {
    let place: String
    let folder: String

    init() throws {
        var template = Array("/tmp/sidestep-calls-XXXXXX".utf8CString)
        place = String(cString: try #require(mkdtemp(&template)))
        folder = place + "/tree"
        mkdir(folder, 0o755)
    }

    func snapshots(_ key: String = "run-1") -> Snapshots {
        Snapshots(root: place + "/state/sidestep/workspaces", key: key, run: key)
    }

    @discardableResult func shell(_ command: String) -> String {
        guard let stream = popen("LC_ALL=C; cd \(folder); " + command, "r") else { return "" }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&chunk, 1, chunk.count, stream), count > 0 { text += chunk[..<count] }
        pclose(stream)
        return String(decoding: text, as: UTF8.self)
    }

    /// Has the store lose what it has; a file that is read again is there again.
    func emptyStore() {
        shell("chmod -R u+w \(place)/state; find \(place)/state -path '*/objects/*' -type f -delete")
    }

    var objects: Int {
        Int(shell("find \(place)/state -path '*/objects/*' -type f | wc -l").dropLast()) ?? -1
    }

    func clean() { shell("chmod -R u+rwx \(place); rm -rf \(place)") }

    /// Changes that happened so long ago that a later one has another time for sure.
    func age(_ workspace: Workspace) throws {
        usleep(2_200_000)
        try workspace.keep("call-1")
    }

    @Test func whatHasNotChangedIsNotReadAgainAndWhatHasIsEvenIfItsTimeWasSetBack() throws {
        defer { clean() }
        shell("echo one >a; echo two >b; mkdir d; echo three >d/c; ln a d/same; ln -s a link")
        let workspace = try Workspace(folder, snapshots())
        _ = try workspace.prepare()
        try age(workspace)
        emptyStore()
        // As long, and of the same time.
        shell("touch -r b stamp; echo TWO >b; touch -r stamp b; rm stamp")
        try workspace.keep("call-2")
        #expect(objects == 1)
        let (before, after) = (try snapshots().tree("call-1"), try snapshots().tree("call-2"))
        #expect(before.changes(to: after).map { TreeText.escaped($0.path) } == ["b"])
    }

    @Test func whatChangedAMomentBeforeItWasSeenIsReadAgain() throws {
        defer { clean() }
        shell("echo one >a")
        let workspace = try Workspace(folder, snapshots())
        _ = try workspace.prepare()
        emptyStore()
        // A write in the same tick of the clock would have left the file looking the same.
        try workspace.keep("call-1")
        #expect(objects == 1)
    }

    @Test func treesThatAreTheSameAreOneFileAndTheirNamesStayInOrder() throws {
        defer { clean() }
        shell("echo one >a")
        let workspace = try Workspace(folder, snapshots())
        _ = try workspace.prepare()
        for number in 1...11 as ClosedRange<Int64> { try workspace.keep(Snapshots.call(number)) }
        shell("echo two >a")
        try workspace.keep("call-12")
        #expect(snapshots().names == ["start"] + (1...12).map { "call-\($0)" })
        #expect(shell("stat -c %h \(place)/state/sidestep/workspaces/runs/run-1/call-11") == "12\n")
        #expect(shell("ls -A \(place)/state/sidestep/workspaces/runs/run-1 | grep -c '^[.]'") == "0\n")
    }

    @Test func whatGoesWhileItIsLookedAtIsNotInTheTreeAndNoError() throws {
        defer { clean() }
        let workspace = try Workspace(folder, snapshots())
        _ = try workspace.prepare()
        let busy = popen(
            "cd \(folder); while [ ! -e stop ]; do mkdir -p d; echo x >d/a; echo x >>log; rm -r d; done", "r")
        for number in 1...200 as ClosedRange<Int64> { try workspace.keep(Snapshots.call(number)) }
        shell("touch stop")
        pclose(busy)
        #expect(snapshots().names.count == 201)
    }

    @Test func afterTheTreeWasForgottenThatTheLastLookIsKnownByAllIsReadAgain() throws {
        defer { clean() }
        shell("echo one >a")
        let workspace = try Workspace(folder, snapshots())
        _ = try workspace.prepare()
        try age(workspace)
        _ = try snapshots().forget(["start", "call-1"])
        #expect(objects == 0)
        try workspace.keep("call-2")
        #expect(objects == 1)
    }

    @Test func aForkBeginsWithTheTreeOfACallAndHasThoseBeforeIt() throws {
        defer { clean() }
        let workspace = try Workspace(folder, snapshots())
        _ = try workspace.prepare()
        for number in 1...3 as ClosedRange<Int64> {
            shell(
                "echo \(number) >>notes; mkdir d\(number); chmod 500 d\(number); touch -d @\(number) notes .")
            try workspace.keep(Snapshots.call(number))
        }
        mkdir(place + "/fork", 0o755)
        let fork = try Workspace(place + "/fork", snapshots("fork-1"))
        #expect(try fork.begin(with: "call-2", of: snapshots(), callsUpTo: 2) == 4)
        #expect(
            shell("cat ../fork/notes; ls ../fork | xargs; stat -c %Y,%a ../fork ../fork/d1 | head -1")
                == "1\n2\nd1 d2 notes\n2,755\n")
        #expect(try fork.prepare() == .unchanged)
        #expect(Set(snapshots("fork-1").names) == ["call-1", "call-2", "start"])
        // Once: nothing of somebody else's is touched, and a workspace that is there stays.
        #expect(throws: WorkspaceError.self) {
            try fork.begin(with: "call-1", of: snapshots(), callsUpTo: 1)
        }
        let full = try Workspace(folder, snapshots("fork-2"))
        #expect(throws: WorkspaceError.self) {
            try full.begin(with: "call-2", of: snapshots(), callsUpTo: 2)
        }
    }

    @Test func forgettingLeavesWhatAnotherTreeNeedsOfAnyRun() throws {
        defer { clean() }
        shell("echo shared >a; echo 1 >b")
        let workspace = try Workspace(folder, snapshots())
        _ = try workspace.prepare()
        shell("echo call 1 >b")
        try workspace.keep("call-1")
        let other = try Workspace(folder, snapshots("other-1"))
        _ = try other.prepare()
        shell("echo call 2 >b; echo new >c")
        try workspace.keep("call-2")
        shell("touch \(place)/state/sidestep/workspaces/objects/new-1-2")
        // The start and call 1 of the run, whose `b` is the other run's as well, and call 2.
        #expect(objects == 6)
        let gone = try snapshots().forget(["call-1", "call-2"])
        #expect(gone == .init(names: ["call-1", "call-2"], contents: 2, bytes: 11))
        #expect(objects == 3)
        #expect(snapshots().names == ["start"])
        shell("rm -f a b c")
        _ = try other.prepare()
        #expect(shell("cat a b") == "shared\ncall 1\n")
    }

    @Test func aPatternMeansTreesOfCallsAlone() throws {
        defer { clean() }
        let workspace = try Workspace(folder, snapshots())
        _ = try workspace.prepare()
        for name in ["call-1", "call-2", "call-10"] { try workspace.keep(name) }
        shell("echo x >left")
        _ = try workspace.prepare()
        #expect(try snapshots().names(meantBy: ["*"]) == ["call-1", "call-2", "call-10"])
        #expect(try snapshots().names(meantBy: ["call-1*", "end-1"]) == ["call-1", "call-10", "end-1"])
        #expect(throws: WorkspaceError.self) { try snapshots().names(meantBy: ["end-*"]) }
        #expect(throws: WorkspaceError.self) { try snapshots().names(meantBy: ["call-3"]) }
    }

    @Test func whatWasKeptOfARunThatWasRemovedIsFoundByTheIdThatItHad() throws {
        defer { clean() }
        _ = try Workspace(folder, Snapshots(root: snapshots().root, key: "u1-1", run: "research")).prepare()
        usleep(20_000)
        let newer = Snapshots(root: snapshots().root, key: "u2-1", run: "research")
        _ = try Workspace(folder, newer).prepare()
        try Workspace(folder, newer).keep("call-1")
        #expect(Snapshots.ofRemoved("research", root: snapshots().root)?.names == ["start", "call-1"])
        #expect(Snapshots.ofRemoved("nobody", root: snapshots().root) == nil)
    }
}
