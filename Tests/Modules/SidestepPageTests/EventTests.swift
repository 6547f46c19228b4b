import SidestepProtocol
import Testing

@testable import SidestepPage

@Suite("Events")
struct EventTests {
    static func entry(_ sequence: Int64, _ more: String = "") -> Entry {
        Entry(RawJSON(validated: Array("{\"sequence\":\(sequence)\(more)}".utf8)[...]))!
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("are the bytes of the daemon, on one line")
    func framing() {
        #expect(
            Self.text(EventText.entry(Self.entry(7, #","x":1e400"#)))
                == "id: 7\ndata: {\"sequence\":7,\"x\":1e400}\n\n")
        #expect(Self.text(EventText.hello(7)) == "event: hello\nid: 7\ndata: {\"sequence\":7}\n\n")
    }

    @Test("cannot be ended by what is in them", arguments: ["\r", "\n", "\r\n", "\n\nevent: gone\n\n"])
    func injection(end: String) {
        // The last one is no JSON, and must not get through all the same.
        let text = Self.text(
            EventText.entry(Self.entry(7, ",\(end.hasPrefix("\n\n") ? "\n\n" : end)\"x\":\"a b\"")))
        #expect(text == "id: 7\ndata: {\"sequence\":7,\"x\":\"a b\"}\n\n")
    }

    @Test("without a sequence are none")
    func nothing() {
        #expect(Entry(.emptyObject) == nil)
        #expect(Entry(RawJSON(validated: Array(#"{"sequence":1.5}"#.utf8)[...])) == nil)
    }

    @Test("begin behind what the browser saw last, else what its page asks for, else now")
    func start() throws {
        #expect(try EventText.start(lastSeen: "9", asked: "3").get() == 9)
        #expect(try EventText.start(lastSeen: nil, asked: "3").get() == 3)
        #expect(try EventText.start(lastSeen: "", asked: "0").get() == 0)
        #expect(try EventText.start(lastSeen: nil, asked: nil).get() == nil)
        for wrong in ["-1", "x", "1.0", "+1", " 1", "9223372036854775808"] {
            #expect(throws: Refusal.self) { try EventText.start(lastSeen: nil, asked: wrong).get() }
        }
    }

    @Test("are kept for who is a little behind")
    func keeping() {
        var buffer = EventBuffer(from: 10)
        buffer.add([Self.entry(12), Self.entry(15)])
        buffer.add([Self.entry(15), Self.entry(20)])
        var (position, seen) = (Int64(10), [Int64]())
        while let entry = buffer.next(after: position) {
            position = entry.sequence
            seen.append(position)
        }
        #expect(seen == [12, 15, 20])
        #expect(buffer.next(after: 13)?.sequence == 15)
        #expect(buffer.covers(10))
        #expect(!buffer.covers(9))
    }

    @Test("are kept up to a number, and who is further behind is known")
    func dropping() {
        var buffer = EventBuffer(from: 0)
        let count = Int64(3 * EventBuffer.mostEntries)
        for sequence in 1...count { buffer.add([Self.entry(sequence)]) }
        let start = count - Int64(EventBuffer.mostEntries)
        #expect(buffer.start == start)
        #expect(buffer.covers(start))
        #expect(!buffer.covers(start - 1))
        #expect(buffer.next(after: start)?.sequence == start + 1)
        #expect(buffer.next(after: count) == nil)
    }

    @Test("are kept up to a number of bytes")
    func bytes() {
        var buffer = EventBuffer(from: 0)
        let large = ",\"x\":\"" + String(repeating: "x", count: 1 << 20) + "\""
        for sequence in 1...10 { buffer.add([Self.entry(Int64(sequence), large)]) }
        #expect(buffer.start >= 7)
        #expect(buffer.next(after: 9)?.sequence == 10)
    }
}
