import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// A write that believes in an old epoch changes nothing, whatever the use case above it has looked at.
@Suite struct FenceTests {
    @Test("a step is neither added nor changed under a stale epoch")
    func steps() throws {
        try withRun(epoch: 7) { session, run throws in
            let step = StepRecord(run: run, name: "s", now: Instant(milliseconds: 1))
            expectLost { try session.insertStep(StepOutcome(step: step, output: nil, error: nil), epoch: 6) }
            #expect(try session.step(run: run, name: "s") == nil)
            try session.insertStep(StepOutcome(step: step, output: nil, error: nil), epoch: 7)
            var changed = try #require(try session.step(run: run, name: "s"))
            changed.attempt = 9
            expectLost {
                try session.updateStep(StepOutcome(step: changed, output: nil, error: nil), epoch: 6)
            }
            #expect(try session.step(run: run, name: "s")?.attempt == 1)
        }
    }

    @Test("a step that may be there already is added once, and not under a stale epoch")
    func adding() throws {
        try withRun(epoch: 7) { session, run throws in
            let step = StepRecord(run: run, name: "s", now: Instant(milliseconds: 1))
            let first = StepOutcome(step: step, output: nil, error: nil)
            var second = first
            second.step.attempt = 2
            #expect(try !session.addStep(first, epoch: 6))
            #expect(try session.step(run: run, name: "s") == nil)
            #expect(try session.addStep(first, epoch: 7))
            #expect(try !session.addStep(second, epoch: 7))
            #expect(try session.step(run: run, name: "s")?.attempt == 1)
        }
    }

    @Test("what was not added is told to nobody")
    func addingNothing() throws {
        try withRun(epoch: 7) { session, run throws in
            let step = try #require(
                StepRecord(run: run, name: "s", now: Instant(milliseconds: 1))
                    .after(.completed, at: Instant(milliseconds: 2)))
            let outcome = StepOutcome(step: step, output: nil, error: nil)
            _ = session.takeNotes()
            #expect(try session.addStep(outcome, epoch: 7))
            #expect(session.takeNotes().map(\.entry.kind) == ["step.completed"])
            #expect(try !session.addStep(outcome, epoch: 7))
            #expect(session.takeNotes().isEmpty)
        }
    }

    @Test("failed steps are not forgotten under a stale epoch")
    func forgetting() throws {
        try withRun(epoch: 7) { session, run throws in
            var step = StepRecord(run: run, name: "s", now: Instant(milliseconds: 1), status: .failed)
            step.finished = Instant(milliseconds: 2)
            try session.insertStep(StepOutcome(step: step, output: nil, error: nil), epoch: 7)
            #expect(try session.forgetFailedSteps(run: run, epoch: 6, now: Instant(milliseconds: 3)).isEmpty)
            #expect(try session.forgetFailedSteps(run: run, epoch: 7, now: Instant(milliseconds: 3)) == ["s"])
        }
    }

    @Test("forgetting a run's failed steps in one statement does to each what the event does")
    func forgettingIsTheEvent() throws {
        try withRun(epoch: 7) { session, run throws in
            var step = StepRecord(run: run, name: "s", now: Instant(milliseconds: 1))
            step.holder = ProcessIdentity(pid: 7, startTicks: 1)
            let failed = try #require(step.after(.failedForGood, at: Instant(milliseconds: 2)))
            let error = Payload(text: "{}")
            try session.insertStep(StepOutcome(step: failed, output: nil, error: error), epoch: 7)
            let stored = try #require(try session.step(run: run, name: "s"))
            _ = try session.forgetFailedSteps(run: run, epoch: 7, now: Instant(milliseconds: 3))
            #expect(
                try session.stepOutcome(run: run, name: "s")
                    == StepOutcome(
                        step: try #require(stored.after(.forgotten, at: Instant(milliseconds: 3))),
                        output: nil,
                        error: nil))
        }
    }

    @Test("what the daemon executes is neither noted nor changed under a stale epoch")
    func executions() throws {
        try withRun(epoch: 7) { session, run throws in
            let step = StepRecord(run: run, name: "s", now: Instant(milliseconds: 1))
            try session.insertStep(StepOutcome(step: step, output: nil, error: nil), epoch: 7)
            let key = try #require(try session.step(run: run, name: "s")).key
            var execution = ExecutionRecord(
                step: key, spec: Payload(text: "{}"), demand: nil, weight: 1, token: "a")
            expectLost { try session.saveExecution(execution, run: run, epoch: 6) }
            #expect(try session.execution(step: key) == nil)
            try session.saveExecution(execution, run: run, epoch: 7)
            execution.token = "b"
            expectLost { try session.saveExecution(execution, run: run, epoch: 6) }
            #expect(try session.execution(step: key)?.execution.token == "a")
        }
    }

    @Test("a run is not changed under a stale epoch")
    func runs() throws {
        try withRun(epoch: 7) { session, run throws in
            var changed = try #require(try session.run(key: run))
            changed.attempt = 9
            expectLost { try session.updateRun(changed, expecting: 6) }
            #expect(try session.run(key: run)?.attempt == 1)
        }
    }

    @Test("no checkpoint is saved under a stale epoch")
    func checkpoints() throws {
        try withRun(epoch: 7) { session, run throws in
            let new = NewCheckpoint(
                id: "c", run: run, user: 1, tokenHash: [1], created: Instant(milliseconds: 1))
            expectLost { _ = try session.insertCheckpoint(new, epoch: 6) }
            #expect(try session.checkpoint(id: "c") == nil)
        }
    }

    @Test("state is neither set nor deleted under a stale epoch")
    func state() throws {
        try withRun(epoch: 7) { session, run throws in
            try session.setState(run: run, name: "n", value: Payload(text: "1"), epoch: 7)
            expectLost { try session.setState(run: run, name: "n", value: Payload(text: "2"), epoch: 6) }
            expectLost { try session.setState(run: run, name: "n", value: nil, epoch: 6) }
            #expect(try session.state(run: run, name: "n") == Payload(text: "1"))
        }
    }

    @Test("no wait is opened, no promise made and nothing held under a stale epoch")
    func waits() throws {
        try withRun(epoch: 7) { session, run throws in
            let now = Instant(milliseconds: 1)
            var step = StepRecord(run: run, name: "w", now: now, status: .waiting)
            try session.insertStep(StepOutcome(step: step, output: nil, error: nil), epoch: 7)
            step = try #require(try session.step(run: run, name: "w"))
            let signal = WaitCondition(.signal, "s")
            expectLost { try session.insertWait(step: step, position: 0, source: run, signal, epoch: 6) }
            #expect(try session.waitingSteps(run: run, signal, limit: 1).isEmpty)
            let promise = PromiseRecord(run: run, name: "p", created: now)
            expectLost { try session.insertPromise(promise, epoch: 6) }
            #expect(try session.promise(run: run, name: "p") == nil)
            let hold = Hold(step: step.key, run: run)
            expectLost { try session.insertHold(hold, epoch: 6) }
            #expect(try session.hold(step: step.key) == nil)
        }
    }
}
