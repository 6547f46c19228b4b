import SidestepHash
import SidestepModel
import SidestepStore

struct RecordingBlockStatements {
    let byHash, hasPlain, rehash, secret, putSecret: Statement
    let insert, get, insertPart, parts, insertPiece, pieces, requestOf: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byHash = try block("recording_block_by_hash")
        hasPlain = try block("recording_block_has_plain")
        rehash = try block("recording_block_rehash")
        secret = try block("recording_secret_get")
        putSecret = try block("recording_secret_put")
        insert = try block("recording_block_insert")
        get = try block("recording_block_get")
        insertPart = try block("recording_part_insert")
        parts = try block("recording_parts")
        insertPiece = try block("recording_piece_insert")
        pieces = try block("recording_pieces")
        requestOf = try block("recording_request_of")
    }
}

/// Into how many rows bytes go.
enum PartRule {
    /// Four of them fill a page of 4 KiB.
    static let bytes = 1000
    /// From this size on they stand in one row, of whose pages only the last is not full.
    static let wholeFrom = 16 << 10

    static func size(of count: Int) -> Int { count < wholeFrom ? bytes : count }
}

extension SQLiteSession {
    func recordingSecret(user: UserID) throws(Failure) -> [UInt8]? {
        try recordingBlocks.secret.first(Int64(user)) { $0.bytes() }
    }

    func insertRecordingSecret(_ secret: [UInt8], user: UserID) throws(Failure) {
        try recordingBlocks.putSecret.run(Int64(user), secret)
    }

    func keepRecordingBlock(_ bytes: [UInt8], user: UserID, secret: [UInt8]) throws(Failure) -> Int64 {
        let hash = Self.blockHash(bytes, secret)
        if let known = try recordingBlocks.byHash.first(hash, read: { $0.integer() }) { return known }
        if let known = try plainBlock(bytes, user) {
            try recordingBlocks.rehash.run(known, hash)
            return known
        }
        let (first, parts) = try insertParts(bytes)
        try recordingBlocks.insert.run(hash, bytes.count, first, parts)
        return connection.lastInsertedKey
    }

    /// As long as a plain one, and a byte that tells it from that: each stands in the row and in its index.
    private static func blockHash(_ bytes: [UInt8], _ secret: [UInt8]) -> [UInt8] {
        [1] + secret.withUnsafeBytes { MessageCode.sha256(key: $0, bytes) }.prefix(16)
    }

    /// The same bytes, kept when hashes had no secret.
    private func plainBlock(_ bytes: [UInt8], _ user: UserID) throws(Failure) -> Int64? {
        guard try recordingBlocks.hasPlain.hasRow() else { return nil }
        return try recordingBlocks.byHash.first(ContentHash.of(bytes, in: user.number)) { $0.integer() }
    }

    /// Keys follow each other: the next one is above the highest there is, and nobody else writes meanwhile.
    private func insertParts(_ bytes: [UInt8]) throws(Failure) -> (first: Int64, parts: Int64) {
        let size = PartRule.size(of: bytes.count)
        var (first, parts): (Int64, Int64) = (0, 0)
        var start = 0
        while start < bytes.count {
            let end = min(start + size, bytes.count)
            try recordingBlocks.insertPart.run(Array(bytes[start..<end]))
            if parts == 0 { first = connection.lastInsertedKey }
            (start, parts) = (end, parts + 1)
        }
        return (first, parts)
    }

    func recordingBlock(_ key: Int64) throws(Failure) -> [UInt8] {
        let found = try recordingBlocks.get.first(key) { ($0.integer(), $0.integer(), $0.integer()) }
        guard let (length, first, parts) = found else {
            throw Failure(.storageError, "storage: a recorded body is gone")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(length))
        try recordingBlocks.parts.each(first, parts) { row in
            bytes += row.bytes()
            return true
        }
        return bytes
    }

    func addRequestPieces(
        _ blocks: [Int64], of recording: Int64, from position: Int64
    ) throws(Failure) {
        for (index, block) in blocks.enumerated() {
            try recordingBlocks.insertPiece.run(recording, position + Int64(index), block)
        }
    }

    /// Each recording has what it does not share; the rest is that of its base, up to where it is shared.
    func requestPieces(of recording: RecordingRecord) throws(Failure) -> [Int64] {
        guard let body = recording.body else { return [] }
        var (key, end, found): (Int64, Int64, [Int64]) = (recording.key, .max, [])
        for _ in 0...body.depth {
            found = try recordingBlocks.pieces.all(key, end) { $0.integer() } + found
            let above = try recordingBlocks.requestOf.first(key) {
                (base: $0.optionalInteger(), shared: $0.integer())
            }
            guard let above, let base = above.base else { return found }
            (key, end) = (base, min(end, above.shared))
        }
        return found
    }
}
