import SidestepEngine
import SidestepModel
import TestSupport
import Testing

/// Two daemons of one store, in turn, as SQLite lets them: what each leaves to the other.
@Suite("A daemon that starts on a store that others share") struct PlaceTests {
    private func start(_ place: Int64, in folder: String) throws -> EngineBench {
        let daemon = try TestDaemon(path: folder + "/sidestep.db", seed: UInt64(place), place: place)
        try daemon.restart()
        return EngineBench(daemon: daemon)
    }

    @Test("takes up the owners and steps that it sees, and leaves those of another place alone")
    func owners() throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        var one = try start(1, in: folder)
        let owner = one.daemon.connect()
        let lease = try one.resume("theirs", by: owner).lease!
        _ = try one.daemon.call(BeginStep(proof: .text(lease), step: "s"), by: owner).get()
        one.daemon.close()

        let two = try start(2, in: folder)
        // Another host has a process of the same number, started at the same tick.
        let twin = two.daemon.connect()
        #expect(twin.peer.process.pid == owner.peer.process.pid)
        #expect(twin.peer.process != owner.peer.process)
        #expect(throws: Failure.self) { try two.resume("theirs", by: twin) }
        two.daemon.kill(twin)
        two.daemon.loop.advance(60_000)
        #expect(try two.status("theirs") == .running)
        #expect(try two.step("theirs", "s")?.status == .running)
        #expect(try two.resume("mine", by: two.daemon.connect()).lease != nil)
        two.daemon.close()

        one = try start(1, in: folder)
        defer { one.daemon.close() }
        // Its own owner is watched again, and its end is known.
        one.daemon.kill(owner)
        #expect(try one.status("theirs") == .interrupted)
        #expect(try one.status("mine") == .running)
    }
}
