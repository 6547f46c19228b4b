import SidestepHTTPClient
import Testing

/// Frames of a WebSocket: RFC 6455 §5.
@Suite("Frames of a WebSocket")
struct WebSocketCodecTests {
    static let messages: [WebSocketMessage] = [
        .text([]), .text(Array("hello".utf8)), .binary(Array(repeating: 7, count: 125)),
        .text(Array(repeating: 0x61, count: 126)), .text(Array(repeating: 0x62, count: 65_535)),
        .binary(Array(repeating: 9, count: 65_536)), .ping([1, 2]), .pong([]), .close([3, 232]),
    ]

    @Test(
        "come back whole, masked and plain, however the bytes are cut", arguments: [1, 2, 7, 4096, 1 << 20])
    func roundTrip(cut: Int) throws {
        for mask: [UInt8]? in [nil, [1, 2, 3, 4]] {
            var codec = WebSocketCodec(readsClient: mask != nil, limit: 1 << 20)
            let bytes = Self.messages.flatMap { WebSocketCodec.frame($0, mask: mask) }
            var found: [WebSocketMessage] = []
            for start in stride(from: 0, to: bytes.count, by: cut) {
                found += try codec.feed(bytes[start..<min(start + cut, bytes.count)])
            }
            #expect(found == Self.messages)
        }
    }

    @Test("are joined to a message, with control frames between them")
    func fragments() throws {
        var codec = WebSocketCodec(readsClient: false, limit: 100)
        let bytes: [UInt8] = [0x01, 1, 0x61, 0x89, 0, 0x00, 1, 0x62, 0x80, 1, 0x63]
        #expect(try codec.feed(bytes) == [.ping([]), .text(Array("abc".utf8))])
    }

    @Test(
        "that break the rules end the connection, with the status for it",
        arguments: [
            ([0x81, 0x80, 0, 0, 0, 0], 1002), ([0x83, 0], 1002), ([0x80, 0], 1002), ([0xC1, 0], 1002),
            ([0x09, 0], 1002), ([0x89, 126, 0, 126], 1002), ([0x01, 0, 0x01, 0], 1002),
            ([0x81, 126, 1, 0], 1009),
            ([0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0], 1009),
        ] as [([UInt8], UInt16)])
    func violations(bytes: [UInt8], status: UInt16) {
        var codec = WebSocketCodec(readsClient: false, limit: 100)
        #expect(throws: WebSocketCodec.Violation.self) { try codec.feed(bytes) }
        var again = WebSocketCodec(readsClient: false, limit: 100)
        do { _ = try again.feed(bytes) } catch { #expect(error.status == status) }
    }

    @Test("of a client that are not masked are none")
    func unmasked() {
        var codec = WebSocketCodec(readsClient: true, limit: 100)
        #expect(throws: WebSocketCodec.Violation.self) { try codec.feed([0x81, 1, 0x61]) }
    }

    @Test("add up to a message that is no longer than allowed")
    func longMessages() throws {
        var codec = WebSocketCodec(readsClient: false, limit: 10)
        _ = try codec.feed([0x01, 6, 1, 2, 3, 4, 5, 6])
        #expect(throws: WebSocketCodec.Violation.self) { try codec.feed([0x80, 6, 1, 2, 3, 4, 5, 6]) }
    }
}
