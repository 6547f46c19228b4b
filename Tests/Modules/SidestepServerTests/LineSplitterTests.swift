import SidestepModel
import Testing

@testable import SidestepServer

@Suite struct LineSplitterTests {
    @Test("lines come whole, however the bytes are cut", arguments: [1, 2, 3, 5, 100])
    func cuts(size: Int) {
        #expect(split("{\"a\":1}\n\n  \r\n[2]\nrest", limit: 100, by: size) == ["{\"a\":1}", "[2]", "rest"])
    }

    @Test(
        "a line at the limit passes, one past it is skipped to its end and the next one is read",
        arguments: [1, 4, 100])
    func limits(size: Int) {
        #expect(split("12345\n123456\nabc\n", limit: 5, by: size) == ["12345", "too long", "abc"])
    }

    @Test(
        "a long line comes in its parts, byte for byte, and none before the bound", arguments: [1000, 65_536])
    func long(size: Int) {
        let bound = LineSplitter.longBytes
        let short = String(repeating: "a", count: bound)
        let long = String(repeating: "0123456789", count: 100_000)
        let pieces = pieces("\(short)\n\(long)\nb\n", limit: 2_000_000, by: size)
        #expect(pieces.count == 3)
        guard case .line(let first) = pieces[0], case .long(let parts) = pieces[1] else {
            Issue.record("the bound is elsewhere")
            return
        }
        #expect(first.count == bound)
        #expect(parts.count > 1 && Array(parts.joined()) == Array(long.utf8))
        #expect(pieces[2] == .line(Array("b".utf8)))
    }

    @Test("a line that is given up is skipped to its end, and keeps nothing")
    func givingUp() {
        var splitter = LineSplitter(limit: 100)
        var found: [LineSplitter.Piece] = []
        take("half of a li", &splitter, &found)
        #expect(splitter.kept == 12)
        splitter.giveUp()
        #expect(splitter.kept == 0)
        take("ne\nnext\n", &splitter, &found)
        #expect(found == [.line(Array("next".utf8))])
    }

    private func split(_ text: String, limit: Int, by size: Int) -> [String] {
        pieces(text, limit: limit, by: size).map { piece in
            switch piece {
            case .line(let bytes): String(decoding: bytes, as: UTF8.self)
            case .long: "long"
            case .tooLong: "too long"
            }
        }
    }

    private func pieces(_ text: String, limit: Int, by size: Int) -> [LineSplitter.Piece] {
        var splitter = LineSplitter(limit: limit)
        var found: [LineSplitter.Piece] = []
        var rest = text[...]
        while !rest.isEmpty {
            take(String(rest.prefix(size)), &splitter, &found)
            rest = rest.dropFirst(size)
        }
        if let last = splitter.end() { found.append(last) }
        return found
    }

    private func take(_ text: String, _ splitter: inout LineSplitter, _ found: inout [LineSplitter.Piece]) {
        Array(text.utf8).withUnsafeBytes { bytes in
            var rest = bytes
            while let piece = splitter.next(&rest) { found.append(piece) }
        }
    }
}
