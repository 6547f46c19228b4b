import SidestepStore
import TestSupport
import Testing

@testable import SidestepModel

@Suite("What is told of in traces")
struct TraceTableTests {
    private func withSession(_ body: @escaping (any StoreTransaction) throws -> Void) throws {
        try withStore { bench in try bench.perform(body) }
    }

    private func add(_ id: String, _ session: any StoreTransaction) throws -> Int64 {
        try session.insertRun(
            RunRecord(
                key: 0, id: id, userID: 1, generation: 1, uid: id, workflow: "w",
                now: Instant(milliseconds: 1)),
            input: nil)
    }

    private func append(_ run: Int64, _ session: any StoreTransaction, _ kind: JournalKind = .stepFailed)
        throws -> Int64
    {
        try session.append(
            run: run, at: Instant(milliseconds: 9), kind: kind, step: "s", attempt: 2,
            begun: Instant(milliseconds: 4),
            detail: Payload(text: #"{"message":"no"}"#))
    }

    @Test("is what ended behind what was sent, in its order and with its times")
    func ends() throws {
        try withSession { session throws in
            let run = try add("r", session)
            let first = try append(run, session)
            try session.follow(run: run, from: first)
            let second = try append(run, session)
            let ends = try session.tracedEnds(run: run, after: first, limit: 10, detailBytes: 100)
            #expect(ends.items.map(\.sequence) == [second] && !ends.hasMore)
            let end = try #require(ends.items.first)
            #expect(
                end.begun == Instant(milliseconds: 4) && end.at == Instant(milliseconds: 9)
                    && end.attempt == 2)
            #expect(end.detail == Payload(text: #"{"message":"no"}"#))
            #expect(try session.tracedEnds(run: run, after: 0, limit: 1, detailBytes: 100).hasMore)
            #expect(
                try session.tracedEnds(run: run, after: first, limit: 1, detailBytes: 3).items[0].detail
                    == nil)
        }
    }

    @Test("is followed from where it was first said, and no more once all was sent")
    func following() throws {
        try withSession { session throws in
            let run = try add("r", session)
            let last = try append(run, session)
            try session.follow(run: run, from: 5)
            try session.follow(run: run, from: 9)
            #expect(try session.tracedSequence(run: run) == 5)
            try session.traced(run: run, upTo: last)
            #expect(try session.tracedSequence(run: run) == last)
            let more = try append(run, session, .runReopened)
            try session.tracedAll(run: run, upTo: last)
            #expect(try session.tracedSequence(run: run) == last, "something has happened since")
            try session.tracedAll(run: run, upTo: more)
            #expect(try session.tracedSequence(run: run) == nil)
        }
    }

    @Test("is found page by page after a start, without runs that are gone")
    func pages() throws {
        try withSession { session throws in
            let runs = try (1...5).map { try add("r\($0)", session) }
            for run in runs { try session.follow(run: run, from: 0) }
            #expect(try session.tracedRuns(after: 0, limit: 3) == Array(runs.prefix(3)))
            #expect(try session.tracedRuns(after: runs[2], limit: 3) == Array(runs.suffix(2)))
        }
    }

    @Test("of a run as a whole is not what its steps and calls came to")
    func events() throws {
        try withSession { session throws in
            let run = try add("r", session)
            for kind in JournalKind.allCases where kind != .stepCompleted {
                _ = try append(run, session, kind)
            }
            let events = try session.tracedEvents(run: run, limit: 100, detailBytes: 100).items.map(\.kind)
            #expect(events.first == JournalKind.allCases.last?.rawValue)
            let ends: [JournalKind] = [
                .stepAttemptFailed, .stepFailed, .stepTimedOut, .stepInterrupted, .stepUnknown,
                .recordingCompleted,
                .recordingFailed, .recordingSuperseded,
            ]
            let others = JournalKind.allCases.filter { kind in !ends.contains(kind) && kind != .stepCompleted
            }
            #expect(Set(events) == Set(others.map { kind in kind.rawValue }))
            #expect(try session.tracedEvents(run: run, limit: 2, detailBytes: 100).hasMore)
        }
    }
}
