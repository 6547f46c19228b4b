import SidestepStore
import TestSupport
import Testing

@testable import SidestepModel

/// Streams and artifacts under a stale epoch, and what the writer notes for watchers.
@Suite struct AnnounceFenceTests {
    private let now = Instant(milliseconds: 1)

    @Test("a stream is neither opened, added to nor closed under a stale epoch")
    func streams() throws {
        try withRun(epoch: 7) { session, run throws in
            expectLost { _ = try session.insertStream(run: run, name: "s", at: now, epoch: 6) }
            #expect(try session.stream(run: run, name: "s") == nil)
            var stream = try session.insertStream(run: run, name: "s", at: now, epoch: 7)
            let chunk = StreamChunk(start: 0, count: 2, items: Payload(text: "[1,2]"))
            expectLost { try session.appendChunk(chunk, to: stream, epoch: 6) }
            #expect(try session.stream(run: run, name: "s")?.next == 0)
            try session.appendChunk(chunk, to: stream, epoch: 7)
            stream.next = 2
            stream.closed = now
            stream.isCompacted = true
            expectLost { try session.closeStream(stream, epoch: 6) }
            #expect(
                try session.streamChunks(stream: stream.key, from: 0, maxItems: 9, maxBytes: 99) == [chunk])
            try session.closeStream(stream, epoch: 7)
            #expect(try session.deleteRows(of: .stream, stream.key, limit: 9))
            #expect(try session.streamChunks(stream: stream.key, from: 0, maxItems: 9, maxBytes: 99).isEmpty)
            #expect(try session.stream(run: run, name: "s")?.next == 2)
        }
    }

    @Test("no artifact is attached under a stale epoch")
    func artifacts() throws {
        try withRun(epoch: 7) { session, run throws in
            let artifact = ArtifactRecord(run: run, name: "a", version: 1, type: .json, created: now)
            expectLost { try session.insertArtifact(artifact, epoch: 6) }
            #expect(try session.artifact(run: run, name: "a", version: nil) == nil)
            try session.insertArtifact(artifact, epoch: 7)
            #expect(try session.artifact(run: run, name: "a", version: nil)?.version == 1)
        }
    }

    @Test("chunks are found from any index, also behind the last one")
    func chunks() throws {
        try withRun(epoch: 1) { session, run throws in
            let stream = try session.insertStream(run: run, name: "s", at: now, epoch: 1)
            for start in stride(from: Int64(0), to: 30, by: 3) {
                let chunk = StreamChunk(start: start, count: 3, items: Payload(text: "[\(start),0,0]"))
                try session.appendChunk(chunk, to: stream, epoch: 1)
            }
            for from in Int64(0)..<30 {
                let found = try session.streamChunks(
                    stream: stream.key, from: from, maxItems: 1, maxBytes: 1000)
                #expect(found.map(\.start) == [from / 3 * 3])
            }
            #expect(try session.streamChunks(stream: stream.key, from: 30, maxItems: 9, maxBytes: 99).isEmpty)
            #expect(
                try session.streamChunks(stream: stream.key, from: 4, maxItems: 6, maxBytes: 99).count == 3)
        }
    }

    @Test("the journal of all runs between two sequences is what each run's own history has there")
    func journal() throws {
        try withRun(epoch: 1) { session, run throws in
            for number in 0..<50 {
                try session.append(run: run, at: now, kind: .runUpdated)
                var step = StepRecord(run: run, name: "s\(number)", now: now)
                step.status = .completed
                step.finished = now
                try session.insertStep(StepOutcome(step: step, output: nil, error: nil), epoch: 1)
            }
            let noted = session.takeNotes()
            let last = try session.settledSequence()
            let all = try read(session, [0, last])
            #expect(all == noted)
            #expect(all.map(\.entry) == (try session.history(run: run, after: 0, limit: 1000).items))
            for cut in stride(from: Int64(0), through: last, by: 7) {
                #expect(try read(session, [0, cut, last]) == all)
                #expect(try read(session, [cut, last]) == all.filter { $0.entry.sequence > cut })
            }
            #expect(try read(session, user: 99, [0, last]).isEmpty)
        }
    }

    @Test("a page of what is large ends where it has some megabytes, and all of it comes page by page")
    func large() throws {
        try withRun(epoch: 1) { session, run throws in
            let detail = Payload(text: "\"" + String(repeating: "x", count: 3 << 20) + "\"")
            for _ in 0..<10 { try session.append(run: run, at: now, kind: .runUpdated, detail: detail) }
            var found: [JournalEntry] = []
            repeat {
                let page = try session.history(run: run, after: found.last?.sequence ?? 0, limit: 1000)
                #expect((1...3).contains(page.items.count))
                found += page.items
                if !page.hasMore { break }
            } while found.count < 100
            #expect(found.count == 10)
            var upTo = try session.settledSequence()
            var underWay: Set<Int64>?
            let first = try session.journal(user: nil, after: 0, upTo: &upTo, underWay: &underWay)
            #expect(first.count == 3 && upTo == found[2].sequence)
            #expect(try read(session, [0, session.settledSequence()]).map(\.entry) == found)
        }
    }

    @Test("runs that begin, close and begin again at any time are read whole in windows of any size")
    func windows() throws {
        try withRun(epoch: 1) { session, first throws in
            var runs = [try #require(try session.run(key: first))]
            try session.append(run: first, at: now, kind: .runCreated)
            for number in 0..<300 {
                if number % 10 == 9 { runs.append(try begin(session, number)) }
                let place = number * 7 % runs.count
                if number % 13 == 5 {
                    try turn(&runs[place], session)
                } else if runs[place].closed == nil {
                    try complete("s\(number)", of: runs[place], session)
                }
            }
            let all = session.takeNotes()
            let last = try session.settledSequence()
            for size in [Int64(1), 3, 10, 64, 1000] {
                #expect(try read(session, Array(stride(from: 0, to: last, by: Int(size))) + [last]) == all)
                #expect(
                    try read(session, Array(stride(from: last / 2, to: last, by: Int(size))) + [last])
                        == all.filter { $0.entry.sequence > last / 2 })
            }
        }
    }

    private func begin(_ session: any StoreTransaction, _ number: Int) throws -> RunRecord {
        var run = RunRecord(
            key: 0, id: "r\(number)", userID: 1, generation: 1, uid: "u\(number)", workflow: "w", now: now)
        run.epoch = 1
        run.key = try session.insertRun(run, input: nil)
        try session.append(run: run.key, at: now, kind: .runCreated)
        return run
    }

    private func complete(_ name: String, of run: RunRecord, _ session: any StoreTransaction) throws {
        var step = StepRecord(run: run.key, name: name, now: now)
        step.status = .completed
        step.finished = now
        try session.insertStep(StepOutcome(step: step, output: nil, error: nil), epoch: 1)
    }

    /// Closes a run, or opens it again.
    private func turn(_ run: inout RunRecord, _ session: any StoreTransaction) throws {
        let closes = run.closed == nil
        run.status = closes ? .completed : .interrupted
        run.closed = closes ? now : nil
        try session.append(run: run.key, at: now, kind: closes ? .runCompleted : .runReopened)
        try session.updateRun(run, expecting: 1)
    }

    /// The journal window by window, as one who catches up reads it.
    private func read(
        _ session: any StoreTransaction, user: UserID? = nil, _ cuts: [Int64]
    ) throws -> [JournalNote] {
        var underWay: Set<Int64>?
        var found: [JournalNote] = []
        for (after, end) in zip(cuts, cuts.dropFirst()) {
            var place = after
            repeat {
                var upTo = end
                found += try session.journal(user: user, after: place, upTo: &upTo, underWay: &underWay)
                place = upTo
            } while place < end
        }
        return found
    }
}
