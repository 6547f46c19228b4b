import SidestepHash
import SidestepModel
import TestSupport
import Testing

@testable import SidestepSQLite

/// By what the bytes of recorded bodies are known again.
@Suite struct BlockHashTests {
    private let bytes = Array("What is the code of the safe?".utf8)
    private let secret = [UInt8](repeating: 9, count: 32)

    private func hashes(_ session: SQLiteSession) throws -> [[UInt8]] {
        try Statement(
            session.connection, name: "hashes", sql: "SELECT hash FROM recording_block ORDER BY key"
        )
        .all { $0.bytes() }
    }

    @Test("the hash of a block confirms no guess to who does not know the user's secret")
    func keyed() throws {
        try withRun(epoch: 7) { session, _ throws in
            _ = try session.keepRecordingBlock(bytes, user: 1, secret: secret)
            let plain = [ContentHash.of(bytes), ContentHash.of(bytes, in: 1)]
            let kept = try #require(try hashes(session).first)
            #expect(kept.count == 17)
            #expect(!plain.contains(Array(kept.suffix(16))))
        }
    }

    @Test("a block of a time when hashes had no secret is found, and has one from then on")
    func older() throws {
        try withRun(epoch: 7) { session, _ throws in
            let old = ContentHash.of(bytes, in: 1)
            let hexadecimal = old.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            try session.connection.execute(
                "INSERT INTO recording_block (key, hash, length, first, parts) VALUES (5, x'\(hexadecimal)', 29, 1, 1)"
            )
            #expect(try session.keepRecordingBlock(bytes, user: 2, secret: [2]) != 5)
            #expect(try session.keepRecordingBlock(bytes, user: 1, secret: secret) == 5)
            #expect(try hashes(session).allSatisfy { $0.count == 17 })
            #expect(try session.keepRecordingBlock(bytes, user: 1, secret: secret) == 5)
        }
    }
}
