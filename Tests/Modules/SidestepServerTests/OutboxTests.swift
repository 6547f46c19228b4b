import Testing

@testable import SidestepServer

@Suite("What waits for a reader")
struct OutboxTests {
    private func line(_ size: Int) -> [ArraySlice<UInt8>] { [[UInt8](repeating: 0x61, count: size)[...]] }

    @Test(
        "is given to the channel whole, in pieces of which none is a single last byte",
        arguments: [
            2, Outbox.pieceBytes - 1, Outbox.pieceBytes, Outbox.pieceBytes + 1, Outbox.pieceBytes + 2,
            2 * Outbox.pieceBytes, 2 * Outbox.pieceBytes + 1,
        ])
    func pieces(size: Int) {
        var outbox = Outbox(limit: 1 << 30)
        outbox.append(line(size), size)
        var sizes: [Int] = []
        while let piece = outbox.next() { sizes.append(piece.count) }
        #expect(sizes.reduce(0, +) == size)
        #expect(sizes.allSatisfy { (2...Outbox.pieceBytes).contains($0) })
        #expect(outbox.isEmpty)
        #expect(outbox.bytes == size, "the reader has nothing yet")
        #expect(outbox.wrote() == size)
        #expect(outbox.bytes == 0)
    }

    @Test("is given no further as long as the channel has much of it")
    func room() {
        var outbox = Outbox(limit: 1 << 30)
        outbox.append(line(64 << 20), 64 << 20)
        var given = 0
        while outbox.hasRoom, let piece = outbox.next() { given += piece.count }
        #expect(given < 2 << 20)
        #expect(outbox.wrote() == given)
        #expect(outbox.hasRoom)
        #expect(outbox.bytes == (64 << 20) - given)
    }

    @Test("counts what was given at once with the rest")
    func passing() {
        var outbox = Outbox(limit: 100)
        outbox.passed(60)
        #expect(outbox.bytes == 60)
        #expect(!outbox.admits(41))
        outbox.append(line(30), 30)
        _ = outbox.next()
        #expect(outbox.wrote() == 90)
        #expect(outbox.admits(1000), "one line always passes")
    }
}
