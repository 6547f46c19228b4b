import SidestepEngine
import SidestepModel
import SidestepStore
import TestSupport
import Testing

@Suite struct CancelTests {
    @Test("cancel against complete: the first one decides, and the other is told")
    func cancelAgainstComplete() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let first = try bench.resume("first", by: owner).lease!
            let second = try bench.resume("second", by: owner).lease!
            #expect(kind(bench.daemon.call(CompleteRun(proof: .text(first), output: nil), by: owner)) == nil)
            #expect(kind(cancel("first", bench, by: person)) == .runClosed)
            #expect(kind(cancel("second", bench, by: person)) == nil)
            #expect(
                kind(bench.daemon.call(CompleteRun(proof: .text(second), output: nil), by: owner))
                    == .runCancelled)
        }
    }

    @Test("the owner is told on its connection, may undo in compensation steps, and lets go")
    func compensation() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            let told = Told()
            bench.daemon.coordinator.onCancelled = { session, run, _ in told.note(session, run) }
            let wait = bench.wait("w", [WaitCondition(.signal, "s")], lease: lease, by: owner)
            _ = cancel("r", bench, by: person)
            #expect(told.sessions == [owner.session])
            #expect(kind(wait.result) == .runCancelled)
            #expect(
                kind(bench.daemon.call(BeginStep(proof: .text(lease), step: "more"), by: owner))
                    == .runCancelled)
            var undo = BeginStep(proof: .text(lease), step: "undo")
            undo.isCompensation = true
            #expect(kind(bench.daemon.call(undo, by: owner)) == nil)
            #expect(
                kind(bench.daemon.call(CompleteStep(proof: .text(lease), step: "undo"), by: owner)) == nil)
            let released = try bench.daemon.call(ReleaseRun(proof: .text(lease)), by: owner).get()
            #expect(released.status == .cancelled)
        }
    }

    @Test("a run that was undone is not opened again as if it had not been: it is begun anew, or forked")
    func undone() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            for step in ["plan", "book"] {
                _ = try bench.daemon.call(CompleteStep(proof: .text(lease), step: step), by: owner).get()
            }
            _ = cancel("r", bench, by: person)
            var undo = BeginStep(proof: .text(lease), step: "return")
            undo.isCompensation = true
            _ = try bench.daemon.call(undo, by: owner).get()
            _ = try bench.daemon.call(CompleteStep(proof: .text(lease), step: "return"), by: owner).get()
            _ = try bench.daemon.call(ReleaseRun(proof: .text(lease)), by: owner).get()

            #expect(throws: Failure.self) { try bench.resume("r", by: person) { $0.ifClosed = .retry } }
            var again = EnqueueRun(run: "r", new: NewRun(workflow: "default"))
            again.ifClosed = .retry
            let refused = bench.daemon.call(again, by: person)
            guard case .failure(let failure) = refused else { return #expect(Bool(false)) }
            #expect(failure.kind == .runClosed && failure.message.contains("'return'"))
            #expect(failure.hint?.contains("--if-closed rerun") == true)
            #expect(try bench.status("r") == .cancelled)
            let why = try bench.daemon.query(ExplainRun(run: "r"), by: person)
            #expect(why.sentences.contains("Steps of it were undone by 'return'."))
            #expect(why.reasons == [.undone, .cancelled])
            #expect(why.next.contains("if_closed: rerun"))

            var fork = ForkRun(run: "r")
            (fork.newRun, fork.point) = ("f", .step("book"))
            _ = try bench.daemon.call(fork, by: person).get()
            let list = ListSteps(run: "f", after: nil, status: nil, limit: 10, maxBytes: 1 << 20)
            #expect(try bench.daemon.query(list, by: person).items.map(\.step.name) == ["plan"])
            let anew = try bench.resume("r", by: person) { $0.ifClosed = .rerun }
            #expect(anew.created && anew.run.generation == 2)
        }
    }

    @Test("a last failure of an owner that undoes first changes nothing until it is reported again")
    func undoneFirst() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner) {
                $0.terms.retry = Array(#"{"max_attempts":2,"initial_ms":1}"#.utf8)[...]
            }.lease!
            var fail = FailRun(proof: .text(lease), error: nil, cause: AttemptError(), attempt: nil)
            fail.undoesFirst = true
            let first = try bench.daemon.call(fail, by: owner).get()
            #expect(first.delay != nil && !first.isToUndo, "there is another attempt")
            let last = try bench.daemon.call(fail, by: owner).get()
            #expect(last.delay == nil && last.isToUndo)
            #expect(try bench.status("r") == .running)

            var undo = BeginStep(proof: .text(lease), step: "return")
            undo.isCompensation = true
            _ = try bench.daemon.call(undo, by: owner).get()
            _ = try bench.daemon.call(FailStep(proof: .text(lease), step: "return"), by: owner).get()
            let again = try bench.daemon.call(fail, by: owner).get()
            #expect(again.isToUndo, "the same for its successor")
            fail.undoesFirst = false
            let end = try bench.daemon.call(fail, by: owner).get()
            #expect(!end.isToUndo && end.run.status == .failed)
            let why = try bench.daemon.query(ExplainRun(run: "r"), by: owner)
            #expect(
                why.sentences.contains(
                    "Steps of it were undone by 'return'. What 'return' was to undo still stands: it failed.")
            )
        }
    }

    @Test("a cancelled run that nothing undid is opened again with what it recorded")
    func notUndone() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let lease = try bench.resume("r", by: owner).lease!
            _ = try bench.daemon.call(CompleteStep(proof: .text(lease), step: "plan"), by: owner).get()
            _ = cancel("r", bench, by: owner)
            _ = try bench.daemon.call(ReleaseRun(proof: .text(lease)), by: owner).get()
            let again = try bench.resume("r", by: owner) { $0.ifClosed = .retry }
            #expect(again.lease != nil && again.run.generation == 1)
        }
    }

    @Test("what was running when the request came is still recorded")
    func paidFor() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            _ = bench.daemon.call(BeginStep(proof: .text(lease), step: "model"), by: owner)
            _ = cancel("r", bench, by: person)
            #expect(
                kind(bench.daemon.call(CompleteStep(proof: .text(lease), step: "model"), by: owner)) == nil)
        }
    }

    @Test("after the grace the run is cancelled whatever its owner does")
    func grace() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("r", by: owner).lease!
            _ = cancel("r", bench, grace: 1000, by: person)
            bench.daemon.loop.advance(999)
            #expect(try bench.status("r") == .running)
            bench.daemon.loop.advance(1)
            #expect(try bench.status("r") == .cancelled)
            #expect(
                kind(bench.daemon.call(CompleteStep(proof: .text(lease), step: "s"), by: owner))
                    == .runCancelled)
        }
    }

    @Test("a run without an owner is cancelled at once, unless its workflow undoes what it did")
    func withoutOwner() throws {
        try EngineBench.with { bench throws in
            let (worker, person) = (bench.daemon.connect(), bench.daemon.connect())
            try bench.enqueue("plain", by: person)
            _ = cancel("plain", bench, by: person)
            #expect(try bench.status("plain") == .cancelled)
            try bench.enqueue("saga", by: person) { $0.compensates = true }
            _ = cancel("saga", bench, by: person)
            let claimed = try bench.claim(by: worker).result!.get()!
            #expect(claimed.granted.run.cancellation != nil)
            #expect(
                try bench.daemon.call(ReleaseRun(proof: .text(claimed.granted.lease!)), by: worker).get()
                    .status
                    == .cancelled)
        }
    }

    @Test("an owner that dies while it undoes ends the run, or leaves it to the next one if it compensates")
    func death() throws {
        try EngineBench.with { bench throws in
            for compensates in [false, true] {
                let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
                let run = "r\(compensates)"
                _ = try bench.resume(run, by: owner) { $0.compensates = compensates }
                _ = cancel(run, bench, by: person)
                bench.daemon.kill(owner)
                #expect(try bench.status(run) == (compensates ? .interrupted : .cancelled))
            }
        }
    }

    @Test("children follow their parent, detached ones go on")
    func children() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let lease = try bench.resume("parent", by: owner).lease!
            try bench.enqueue("child", by: person) { $0.parent = "parent" }
            try bench.enqueue("grandchild", by: person) { $0.parent = "child" }
            try bench.enqueue("detached", by: person) {
                $0.parent = "parent"
                $0.isDetached = true
            }
            _ = bench.daemon.call(CompleteRun(proof: .text(lease), output: nil), by: owner)
            let status = try ["child", "grandchild", "detached"].map { try bench.status($0) }
            #expect(status == [.cancelled, .cancelled, .queued])
        }
    }

    @Test("a deadline asks the run to end, which then has failed, and more time takes that back")
    func deadline() throws {
        try EngineBench.with { bench throws in
            let (owner, person) = (bench.daemon.connect(), bench.daemon.connect())
            let now = bench.daemon.clock.now()
            for run in ["late", "lucky"] {
                _ = try bench.resume(run, by: owner) { $0.deadline = now.advanced(byMilliseconds: 1000) }
            }
            bench.daemon.loop.advance(1000)
            let more = UpdateRun(
                run: "lucky", tags: [], metadata: nil, deadline: now.advanced(byMilliseconds: 1_000_000))
            _ = bench.daemon.call(more, by: person)
            bench.daemon.loop.advance(bench.daemon.environment.settings.cancelGraceMilliseconds)
            #expect(try ["late", "lucky"].map { try bench.status($0) } == [.failed, .running])
        }
    }

    @Test("a child's deadline is never later than its parent's")
    func inheritedDeadline() throws {
        try EngineBench.with { bench throws in
            let owner = bench.daemon.connect()
            let deadline = bench.daemon.clock.now().advanced(byMilliseconds: 1000)
            _ = try bench.resume("parent", by: owner) { $0.deadline = deadline }
            let child = try bench.enqueue("child", by: owner) { $0.parent = "parent" }
            #expect(child.view.run.deadline == deadline)
            #expect(child.view.parent == "parent")
        }
    }

    private func cancel(
        _ run: String, _ bench: EngineBench, grace: Int64 = 30_000, by client: TestClient
    ) -> Result<RunRecord, Failure> {
        bench.daemon.call(CancelRun(run: run, reason: nil, graceMilliseconds: grace), by: client)
    }

    /// The connections that were told of a cancellation.
    private final class Told: @unchecked Sendable {
        private(set) var sessions: [Int64] = []
        func note(_ session: Int64, _ run: String) { sessions.append(session) }
    }
}
