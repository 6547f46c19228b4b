import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// What a store promises of calls that recorders have written down.
@Suite struct RecordingTableTests {
    private func recording(_ run: Int64, _ number: Int64, call: String? = nil) -> RecordingRecord {
        let asked = RecordedRequest(upstream: "u", httpMethod: "POST", path: "/", keys: Payload(text: "[]"))
        return RecordingRecord(
            run: run, number: number, call: call ?? "c\(number)", recorder: "r", epoch: 7, request: asked,
            now: Instant(milliseconds: 1))
    }

    @Test("neither a recorder nor a call is noted under a stale epoch")
    func fences() throws {
        try withRun(epoch: 7) { session, run throws in
            expectLost {
                try session.saveRecorder(RecorderRecord(run: run, secret: [1], name: "r", epoch: 6))
            }
            #expect(try session.recorder(run: run) == nil)
            expectLost { _ = try session.insertRecording(recording(run, 1), epoch: 6) }
            #expect(try session.recording(run: run, number: 1) == nil)
            _ = try session.insertRecording(recording(run, 1), epoch: 7)
            #expect(try session.recording(run: run, number: 1) != nil)
        }
    }

    @Test("a recorder that comes later has the secret of the first")
    func secrets() throws {
        try withRun(epoch: 7) { session, run throws in
            try session.saveRecorder(RecorderRecord(run: run, secret: [1], name: "a", epoch: 7))
            try session.saveRecorder(RecorderRecord(run: run, secret: [2], name: "b", epoch: 7))
            #expect(
                try session.recorder(run: run)
                    == RecorderRecord(run: run, secret: [1], name: "b", epoch: 7))
        }
    }

    @Test("a recording ends from the state that it is in, and from no other")
    func ends() throws {
        try withRun(epoch: 7) { session, run throws in
            var begun = recording(run, 1)
            begun.key = try session.insertRecording(begun, epoch: 7)
            var lost = try #require(begun.after(.lost, at: Instant(milliseconds: 2)))
            lost.sequence = 1
            expectLost { try session.endRecording(lost, from: .inDoubt) }
            #expect(try session.recording(run: run, number: 1)?.state == .started)
            try session.endRecording(lost, from: .started)
            expectLost { try session.endRecording(lost, from: .started) }
            var failed = try #require(lost.after(.failed, at: Instant(milliseconds: 3)))
            failed.sequence = 2
            try session.endRecording(failed, from: .inDoubt)
            #expect(try session.recording(run: run, number: 1) == failed)
            expectLost { try session.endRecording(failed, from: .inDoubt) }
        }
    }

    @Test("equal bytes of a user stand once, and those of another user apart")
    func blocks() throws {
        try withRun(epoch: 7) { session, _ throws in
            let first = try session.keepRecordingBlock([0, 255], user: 1, secret: [1])
            #expect(try session.keepRecordingBlock([0, 255], user: 1, secret: [1]) == first)
            #expect(try session.keepRecordingBlock([0, 255], user: 2, secret: [2]) != first)
            #expect(try session.keepRecordingBlock([], user: 1, secret: [1]) != first)
            #expect(try session.recordingBlock(first) == [0, 255])
        }
    }

    @Test("each user has one secret for the hashes of blocks, and nobody has another's")
    func secretsOfUsers() throws {
        try withRun(epoch: 7) { session, _ throws in
            #expect(try session.recordingSecret(user: 1) == nil)
            try session.insertRecordingSecret([1, 2], user: 1)
            #expect(try session.recordingSecret(user: 1) == [1, 2])
            #expect(try session.recordingSecret(user: 2) == nil)
        }
    }

    @Test("a request is the pieces that it shares with one before it, and its own")
    func requests() throws {
        try withRun(epoch: 7) { session, run throws in
            let blocks = try (0..<6).map { try session.keepRecordingBlock([UInt8($0)], user: 1, secret: [1]) }
            var keys: [Int64] = []
            // The second has three pieces of the first, the third two of those.
            for (number, (shared, own)) in [(0, [0, 1, 2, 3]), (3, [4]), (2, [5, 0])].enumerated() {
                var next = recording(run, Int64(number + 1))
                var body = RequestBody(bytes: 1)
                (body.base, body.shared, body.depth) = (keys.last, Int64(shared), Int64(number))
                next.body = body
                next.key = try session.insertRecording(next, epoch: 7)
                try session.addRequestPieces(own.map { blocks[$0] }, of: next.key, from: Int64(shared))
                keys.append(next.key)
            }
            let pieces = try (1...3).map { number in
                try session.requestPieces(of: #require(try session.recording(run: run, number: number)))
                    .map { blocks.firstIndex(of: $0)! }
            }
            #expect(pieces == [[0, 1, 2, 3], [0, 1, 2, 4], [0, 1, 5, 0]])
        }
    }

    @Test("a fork shares what was completed before it, and nothing else")
    func shared() throws {
        try withRun(epoch: 7) { session, run throws in
            let block = try session.keepRecordingBlock([1], user: 1, secret: [1])
            let ends: [(RecordingEvent?, Int64)] = [
                (.completed, 10), (.failed, 11), (nil, 0), (.completed, 30), (.completed, 12),
            ]
            for (index, (event, sequence)) in ends.enumerated() {
                var next = recording(run, Int64(index + 1))
                next.key = try session.insertRecording(next, epoch: 7)
                guard let event, var ended = next.after(event, at: Instant(milliseconds: 2)) else { continue }
                ended.sequence = sequence
                ended.response.block = block
                try session.endRecording(ended, from: .started)
            }
            let origin = RunOrigin(run: run, sequence: 20)
            #expect(
                try session.sharedRecordings(origin, after: 0, limit: 10).map(\.number) == [1, 5])
            #expect(try session.sharedRecordings(origin, after: 1, limit: 10).map(\.number) == [5])
            #expect(try session.lastSharedRecording(origin) == 5)
            #expect(try session.sharedRecordingCount(origin) == 2)
            #expect(try session.sharedRecording(origin, number: 4) == nil)
            #expect(try session.sharedRecording(origin, number: 5) != nil)
            #expect(try session.lastRecording(run: run) == 5)
            #expect(
                Dictionary(
                    uniqueKeysWithValues: try session.recordingCounts(run: run).map { ($0.state, $0.count) })
                    == [.completed: 3, .failed: 1, .started: 1])
        }
    }
}
