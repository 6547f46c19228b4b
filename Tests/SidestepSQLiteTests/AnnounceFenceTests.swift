import SidestepModel
import SidestepStore
import TestSupport
import Testing

@testable import SidestepSQLite

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
            let last = try session.lastSequence()
            let all = try session.journal(user: nil, after: 0, upTo: last)
            #expect(all == noted)
            #expect(all.map(\.entry) == (try session.history(run: run, after: 0, limit: 1000).items))
            for cut in stride(from: Int64(0), through: last, by: 7) {
                let parts =
                    try session.journal(user: nil, after: 0, upTo: cut)
                    + session.journal(user: nil, after: cut, upTo: last)
                #expect(parts == all)
            }
            #expect(try session.journal(user: 99, after: 0, upTo: last).isEmpty)
        }
    }
}
