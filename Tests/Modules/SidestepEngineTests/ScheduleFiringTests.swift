import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// What schedules start and when, on a clock that the test moves.
@Suite struct ScheduleFiringTests {
    @Test("a due time starts one run, named after it, with what the schedule says")
    func fires() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let made = try put(bench, client) { $0.template.input = Payload(text: "[1]") }
            let due = try #require(made.coming.first)
            bench.daemon.loop.advance(999)
            #expect(try runs(bench).isEmpty)
            bench.daemon.loop.advance(1)
            #expect(try runs(bench) == ["s/\(due.text)"])
            #expect(try bench.status("s/\(due.text)") == .queued)
            let claimed = bench.claim(by: client)
            #expect(claimed.run == "s/\(due.text)")
            #expect(try schedule(bench, client).schedule.fired == 1)
        }
    }

    @Test("schedule against restart: no due time starts two runs, and none is left out")
    func restart() throws {
        for seed in UInt64(1)...4 {
            let folder = temporaryFolder()
            defer { removeFolder(folder) }
            let daemon = try TestDaemon(path: folder + "/sidestep.db", seed: seed)
            defer { daemon.close() }
            let bench = EngineBench(daemon: daemon)
            var client = daemon.connect()
            let start = daemon.clock.now()
            try put(bench, client) {
                $0.overlap = .allow
                $0.catchUpMilliseconds = 100_000
                $0.jitterMilliseconds = Int64(seed % 3) * 400
            }
            for _ in 0..<25 {
                daemon.loop.advance(Int64(daemon.random.below(900)))
                if daemon.random.oneIn(2) { daemon.clock.advance(Int64(daemon.random.below(3000))) }
                try daemon.restart()
                client = daemon.reconnect(client)
            }
            daemon.loop.advance(1000)
            let span = daemon.clock.now().milliseconds(since: start)
            let due = (1...(span / 1000)).map { start.advanced(byMilliseconds: $0 * 1000) }
            let started = Set(try runs(bench))
            let late = due.filter { daemon.clock.now().milliseconds(since: $0) > 1000 }
            #expect(late.allSatisfy { started.contains("s/\($0.text)") }, "seed \(seed)")
            #expect(started.isSubset(of: Set(due.map { "s/\($0.text)" })), "seed \(seed)")
            let known = try schedule(bench, client).schedule
            #expect(known.fired == Int64(started.count) && known.missed == 0, "seed \(seed)")
        }
    }

    @Test(
        "a user at his number of runs has due times passed over, and the schedule goes on when there is room")
    func quota() throws {
        var settings = EngineSettings()
        settings.limits.userRuns = 1
        try EngineBench.with(settings) { bench throws in
            let client = bench.daemon.connect()
            try put(bench, client) { $0.overlap = .allow }
            bench.daemon.loop.advance(2000)
            let first = try #require(try runs(bench).first)
            #expect(try runs(bench).count == 1)
            let known = try schedule(bench, client).schedule
            #expect((known.fired, known.skipped, known.isPaused) == (1, 1, false))
            _ = try bench.daemon.call(DeleteRun(run: first), by: client).get()
            bench.daemon.loop.advance(1000)
            #expect(try schedule(bench, client).schedule.fired == 2)
        }
    }

    @Test("skip leaves out what is due while a run is open, and goes on when it is closed")
    func skip() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try put(bench, client)
            bench.daemon.loop.advance(3500)
            #expect(try runs(bench).count == 1)
            #expect(try schedule(bench, client).schedule.skipped == 2)
            try complete(bench, client)
            bench.daemon.loop.advance(500)
            #expect(try runs(bench).count == 2)
        }
    }

    @Test("queue lets one due time wait, over a restart, and starts it the moment the run is closed")
    func queue() throws {
        try EngineBench.with { bench throws in
            var client = bench.daemon.connect()
            let made = try put(bench, client) { $0.overlap = .queue }
            bench.daemon.loop.advance(3500)
            let waiting = try schedule(bench, client).schedule
            #expect(waiting.waitingDue == made.coming[1] && waiting.skipped == 1 && waiting.fired == 1)
            try bench.daemon.restart()
            client = bench.daemon.reconnect(client)
            try complete(bench, client)
            #expect(try runs(bench) == [made.coming[0], made.coming[1]].map { "s/\($0.text)" })
            #expect(try schedule(bench, client).schedule.waitingDue == nil)
        }
    }

    @Test("a run may be started as late as the window says, and not a millisecond later", arguments: [0, 1])
    func window(past: Int64) throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try put(bench, client) { $0.catchUpMilliseconds = 500 }
            bench.daemon.clock.advance(1500 + past)
            try bench.daemon.restart()
            let known = try schedule(bench, bench.daemon.reconnect(client)).schedule
            #expect(known.fired == 1 - past && known.missed == past)
            #expect(known.nextDue == known.created.advanced(byMilliseconds: 2000))
        }
    }

    @Test("after a long absence the missed are counted and the next due time is in the future")
    func absence() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try put(bench, client) {
                $0.catchUpMilliseconds = 2500; $0.overlap = .allow
            }
            bench.daemon.clock.advance(3_600_000)
            try bench.daemon.restart()
            bench.daemon.loop.advance(10)
            let known = try schedule(bench, bench.daemon.reconnect(client)).schedule
            #expect(known.missed == 3597 && known.fired == 3)
            #expect(try #require(known.nextDue) > bench.daemon.clock.now())
        }
    }

    @Test("a pause starts nothing, and what came due in it is not made up for")
    func pause() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try put(bench, client)
            _ = try bench.daemon.call(PauseSchedule(name: "s", isPaused: true), by: client).get()
            bench.daemon.loop.advance(5000)
            #expect(try runs(bench).isEmpty)
            let on = try bench.daemon.call(PauseSchedule(name: "s", isPaused: false), by: client).get()
            #expect(try #require(on.coming.first) > bench.daemon.clock.now())
            bench.daemon.loop.advance(1000)
            #expect(try runs(bench).count == 1)
            #expect(try schedule(bench, client).schedule.missed == 0)
        }
    }

    @Test("said again as it is, a schedule keeps its due time, even one that is over")
    func putAgain() throws {
        try EngineBench.with { bench throws in
            var client = bench.daemon.connect()
            let made = try put(bench, client)
            bench.daemon.clock.advance(1200)
            client = bench.daemon.reconnect(client)
            #expect(try put(bench, client).coming.first == made.coming.first)
            bench.daemon.loop.advance(1)
            #expect(try runs(bench) == ["s/\(made.coming[0].text)"])
        }
    }

    @Test("no due time comes after the end")
    func end() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            let end = bench.daemon.clock.now().advanced(byMilliseconds: 2000)
            try put(bench, client) {
                $0.overlap = .allow
                $0.end = end
            }
            bench.daemon.loop.advance(10_000)
            #expect(try runs(bench).count == 2)
            #expect(try schedule(bench, client).coming.isEmpty)
        }
    }

    @Test("two users have schedules of one name, and each sees and starts his own")
    func users() throws {
        try EngineBench.with { bench throws in
            let (one, two) = (bench.daemon.connect(uid: 1000), bench.daemon.connect(uid: 2000))
            try put(bench, one)
            #expect(
                kind(bench.daemon.call(PauseSchedule(name: "s", isPaused: true), by: two)) == .invalidArgument
            )
            try put(bench, two)
            bench.daemon.loop.advance(1000)
            let owners = try bench.daemon.read { store in
                try store.runs(RunFilter(user: nil)).items.map(\.userID).sorted()
            }
            #expect(owners == [1000, 2000])
        }
    }

    @Test("a schedule whose time zone is gone is paused with the reason, and others go on")
    func zoneGone() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try put(bench, client) {
                $0.everyMilliseconds = nil
                $0.cron = "* * * * *"
            }
            try put(bench, client, name: "t") { $0.everyMilliseconds = 60_000 }
            _ = try bench.daemon.call(MoveToUnknownZone(name: "s"), by: client).get()
            bench.daemon.loop.advance(61_000)
            let known = try schedule(bench, client).schedule
            #expect(known.isPaused && known.problem?.contains("Gone/Zone") == true)
            #expect(try schedule(bench, client, "t").schedule.fired == 1)
        }
    }

    @Test("a deleted schedule starts nothing, not even what waited")
    func deleted() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            try put(bench, client) { $0.overlap = .queue }
            bench.daemon.loop.advance(2500)
            #expect(try bench.daemon.call(DeleteSchedule(name: "s"), by: client).get())
            try complete(bench, client)
            bench.daemon.loop.advance(10_000)
            #expect(try runs(bench).count == 1)
        }
    }

    // MARK: Support

    @discardableResult
    private func put(
        _ bench: EngineBench, _ client: TestClient, name: String = "s",
        _ change: (inout PutSchedule) -> Void = { _ in }
    ) throws -> ScheduleView {
        var put = PutSchedule(name: name, workflow: "w")
        put.everyMilliseconds = 1000
        change(&put)
        return try bench.daemon.call(put, by: client).get()
    }

    private func schedule(_ bench: EngineBench, _ client: TestClient, _ name: String = "s") throws
        -> ScheduleView
    {
        try bench.daemon.query(GetSchedule(name: name), by: client)
    }

    /// Ids of all runs, the oldest first.
    private func runs(_ bench: EngineBench) throws -> [String] {
        try bench.daemon.read { store in
            var filter = RunFilter(user: nil)
            filter.limit = 10_000
            return try store.runs(filter).items.map(\.id).reversed()
        }
    }

    /// A worker takes the run that waits and completes it.
    private func complete(_ bench: EngineBench, _ client: TestClient) throws {
        let claimed = try #require(try bench.claim(by: client).result?.get())
        let proof = LeaseProof.text(try #require(claimed.granted.lease))
        _ = try bench.daemon.call(CompleteRun(proof: proof, output: nil), by: client).get()
    }

    /// What an update of the host's tzdata may do to a schedule.
    private struct MoveToUnknownZone: Command {
        let name: String

        func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
            var schedule = try #require(try store.schedule(user: call.peer.uid, name: name))
            schedule.timeZone = "Gone/Zone"
            try store.updateSchedule(schedule)
        }
    }
}
