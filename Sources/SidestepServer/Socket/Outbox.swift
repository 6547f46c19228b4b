import SidestepModel

/// Lines on their way to a reader: handed to the channel piece by piece, as it takes them.
struct Outbox {
    /// Bytes that are copied for the channel at once.
    static let pieceBytes = 128 << 10
    /// The channel is given no more while it has so many.
    private static let channelBytes = 1 << 20

    private let limit: Int
    private var pieces = Line<ArraySlice<UInt8>>()
    /// Bytes that the reader has not taken, those that the channel has included.
    private(set) var bytes = 0
    /// Bytes that the channel has, as far as is known.
    private var given = 0

    /// - Parameter limit: bytes for one reader; a single line may be longer.
    init(limit: Int) { self.limit = limit }

    /// Whether the channel has been given everything.
    var isEmpty: Bool { pieces.isEmpty }

    /// Whether the channel may be given more.
    var hasRoom: Bool { given < Self.channelBytes }

    /// Whether a line of so many bytes may be added.
    func admits(_ size: Int) -> Bool { bytes == 0 || bytes + size <= limit }

    mutating func append(_ line: [ArraySlice<UInt8>], _ size: Int) {
        bytes += size
        for piece in line where !piece.isEmpty { pieces.append(piece) }
    }

    /// What the channel is given next: never a single last byte, with which it would not say when it is done.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let first = pieces.popFirst() else { return nil }
        let size = first.count == Self.pieceBytes + 1 ? Self.pieceBytes - 1 : Self.pieceBytes
        if first.count > size { pieces.prepend(first.dropFirst(size)) }
        let piece = first.prefix(size)
        given += piece.count
        return piece
    }

    /// The channel was given so many bytes at once.
    mutating func passed(_ size: Int) {
        bytes += size
        given += size
    }

    /// The reader's kernel has all that the channel was given; answers how many bytes that were.
    mutating func wrote() -> Int {
        defer { given = 0 }
        bytes -= given
        return given
    }

    mutating func empty() {
        pieces = Line()
        (bytes, given) = (0, 0)
    }
}
