import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// What time does, on a clock that the test moves: no test waits.
@Suite struct TimeTests {
    @Test(
        "an attempt out of time fails with the limit's name, is retried, and its late outcome is superseded")
    func startToClose() throws {
        try withRun { daemon, client, lease throws in
            var begin = BeginStep(proof: .text(lease), step: "s")
            begin.timeouts = Timeouts(startToClose: 1000)
            begin.retry = Payload(text: #"{"max_attempts":2,"delays_ms":[50]}"#)
            _ = daemon.call(begin, by: client)
            daemon.loop.advance(999)
            #expect(try step(daemon, "s")?.step.status == .running)
            daemon.loop.advance(1)
            let expired = try #require(try step(daemon, "s"))
            #expect(expired.step.status == .backoff)
            #expect(
                expired.error.map { String(decoding: $0, as: UTF8.self) }?.contains("start_to_close") == true)
            var late = CompleteStep(proof: .text(lease), step: "s")
            late.attempt = 1
            #expect(kind(daemon.call(late, by: client)) == .attemptSuperseded)
        }
    }

    @Test("heartbeats keep an attempt alive, and their absence ends it")
    func heartbeats() throws {
        try withRun { daemon, client, lease throws in
            var begin = BeginStep(proof: .text(lease), step: "s")
            begin.timeouts = Timeouts(heartbeat: 100)
            _ = daemon.call(begin, by: client)
            for _ in 0..<5 {
                daemon.loop.advance(90)
                let beat = HeartbeatStep(proof: .text(lease), step: "s", attempt: nil, details: nil)
                #expect(kind(daemon.call(beat, by: client)) == nil)
            }
            daemon.loop.advance(100)
            #expect(try step(daemon, "s")?.step.status == .failed)
        }
    }

    @Test("no attempt begins after the limit over all attempts")
    func scheduleToClose() throws {
        try withRun { daemon, client, lease throws in
            var begin = BeginStep(proof: .text(lease), step: "s")
            begin.timeouts = Timeouts(scheduleToClose: 500)
            begin.retry = Payload(text: #"{"max_attempts":0,"delays_ms":[400]}"#)
            _ = daemon.call(begin, by: client)
            var fail = FailStep(proof: .text(lease), step: "s")
            fail.attempt = 1
            #expect(try daemon.call(fail, by: client).get().delay == 400)
            daemon.loop.advance(400)
            _ = daemon.call(begin, by: client)
            fail.attempt = 2
            #expect(try daemon.call(fail, by: client).get().delay == nil)
        }
    }

    @Test("a back-off is not started over by a restart of the daemon")
    func backoffSurvives() throws {
        try withRun { daemon, client, lease throws in
            var fail = FailStep(proof: .text(lease), step: "s")
            fail.retry = Payload(text: #"{"max_attempts":3,"delays_ms":[1000]}"#)
            _ = daemon.call(fail, by: client)
            daemon.clock.advance(600)
            try daemon.restart()
            let again = daemon.reconnect(client)
            let begun = try daemon.call(BeginStep(proof: .text(lease), step: "s"), by: again).get()
            guard case .execute(let step, _, let delay, _) = begun else {
                throw Failure(.stepConflict, "\(begun)")
            }
            #expect(step.attempt == 2)
            #expect(delay == 400)
        }
    }

    @Test("a lease with a ttl ends when it is not renewed, also over a restart")
    func ttl() throws {
        try withDaemon { daemon throws in
            let client = daemon.connect()
            var resume = ResumeRun(
                owner: .init(kind: .ttl, process: client.peer.process, ttlMilliseconds: 1000))
            resume.run = "r"
            let lease = try #require(try daemon.call(resume, by: client).get().lease)
            daemon.loop.advance(900)
            _ = daemon.call(RenewLease(proof: .text(lease), ttlMilliseconds: 1000), by: client)
            daemon.disconnect(client)
            daemon.loop.advance(900)
            #expect(try status(daemon) == .running)
            try daemon.restart()
            daemon.loop.advance(100)
            #expect(try status(daemon) == .interrupted)
        }
    }

    @Test("no new step begins after the run's deadline, and finished ones still replay")
    func deadline() throws {
        try withRun { daemon, client, lease throws in
            _ = daemon.call(CompleteStep(proof: .text(lease), step: "done"), by: client)
            let deadline = daemon.clock.now().advanced(byMilliseconds: 100)
            _ = daemon.call(UpdateRun(run: "r", tags: [], metadata: nil, deadline: deadline), by: client)
            daemon.loop.advance(100)
            #expect(
                kind(daemon.call(BeginStep(proof: .text(lease), step: "new"), by: client))
                    == .deadlineExceeded)
            #expect(kind(daemon.call(BeginStep(proof: .text(lease), step: "done"), by: client)) == nil)
        }
    }

    @Test("a waiting resume gives up at its time, and not before")
    func waiting() throws {
        try withRun { daemon, _, _ throws in
            let other = daemon.connect()
            var resume = ResumeRun(
                owner: .init(kind: .connection, process: other.peer.process, ttlMilliseconds: nil))
            resume.run = "r"
            resume.ifOwned = .wait
            resume.waitMilliseconds = 1000
            let pending = daemon.start(resume, by: other)
            daemon.loop.advance(999)
            #expect(pending.result == nil)
            daemon.loop.advance(1)
            #expect(pending.result.map { kind($0) } == .some(.runOwned))
        }
    }

    @Test("an owner that does not end within its grace is ended with SIGKILL")
    func killing() throws {
        try withRun { daemon, _, _ throws in
            let other = daemon.connect()
            var resume = ResumeRun(
                owner: .init(kind: .connection, process: other.peer.process, ttlMilliseconds: nil))
            resume.run = "r"
            resume.ifOwned = .kill
            let pending = daemon.start(resume, by: other)
            #expect(daemon.processes.signals == [15])
            #expect(try pending.result?.get().run.epoch == 2)
        }
    }

    // MARK: Support

    private func withDaemon(_ body: (TestDaemon) throws -> Void) throws {
        let folder = temporaryFolder()
        defer { removeFolder(folder) }
        let daemon = try TestDaemon(path: folder + "/sidestep.db", seed: 1)
        defer { daemon.close() }
        try body(daemon)
    }

    private func withRun(_ body: (TestDaemon, TestClient, String) throws -> Void) throws {
        try withDaemon { daemon throws in
            let client = daemon.connect()
            var resume = ResumeRun(
                owner: .init(kind: .connection, process: client.peer.process, ttlMilliseconds: nil))
            resume.run = "r"
            let lease = try #require(try daemon.call(resume, by: client).get().lease)
            try body(daemon, client, lease)
        }
    }

    private func step(_ daemon: TestDaemon, _ name: String) throws -> StepOutcome? {
        try daemon.read { try $0.stepOutcome(run: 1, name: name) }
    }

    private func status(_ daemon: TestDaemon) throws -> RunStatus? {
        try daemon.read { try $0.run(key: 1)?.status }
    }

    private func kind<Value>(_ result: Result<Value, Failure>) -> ErrorKind? {
        if case .failure(let failure) = result { return failure.kind }
        return nil
    }
}
