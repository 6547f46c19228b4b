import SidestepModel

/// Lines on their way to a reader: handed to the channel piece by piece, as it takes them.
struct Outbox {
    /// Bytes that are copied for the channel at once.
    static let pieceBytes = 128 << 10

    private let limit: Int
    private var pieces = Line<ArraySlice<UInt8>>()
    /// Bytes that the reader has not taken, those that the channel has included.
    private(set) var bytes = 0

    /// - Parameter limit: bytes for one reader; a single line may be longer.
    init(limit: Int) { self.limit = limit }

    /// Whether the channel has everything.
    var isEmpty: Bool { pieces.isEmpty }

    /// Whether a line of so many bytes may be added.
    func admits(_ size: Int) -> Bool { bytes == 0 || bytes + size <= limit }

    mutating func append(_ line: [ArraySlice<UInt8>], _ size: Int) {
        bytes += size
        for piece in line where !piece.isEmpty { pieces.append(piece) }
    }

    /// What the channel is to have next.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let first = pieces.popFirst() else { return nil }
        if first.count > Self.pieceBytes { pieces.prepend(first.dropFirst(Self.pieceBytes)) }
        return first.prefix(Self.pieceBytes)
    }

    /// The channel was given so many bytes at once.
    mutating func passed(_ size: Int) { bytes += size }

    mutating func wrote(_ size: Int) { bytes -= size }

    mutating func empty() {
        pieces = Line()
        bytes = 0
    }
}
