import Glibc
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

    private func split(_ text: String, limit: Int, by size: Int) -> [String] {
        var splitter = LineSplitter(limit: limit)
        var found: [String] = []
        let take = { (piece: LineSplitter.Piece) in
            switch piece {
            case .line(let bytes): found.append(String(decoding: bytes, as: UTF8.self))
            case .tooLong: found.append("too long")
            }
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            rest.prefix(size).withUnsafeBytes { splitter.append($0, take) }
            rest = rest.dropFirst(size)
        }
        splitter.end(take)
        return found
    }
}

@Suite struct ProcessTableTests {
    @Test("a command's name may hold spaces and parentheses")
    func names() throws {
        let fields = (3...30).map { $0 == 22 ? "4242" : $0 == 4 ? "17" : $0 == 3 ? "S" : "\($0)" }
        let found = try #require(ProcessTable.fields("12 (a) b) c) " + fields.joined(separator: " ")))
        #expect(found.parent == 17)
        #expect(found.start == 4242)
    }

    @Test("this process is its own ancestor, and process 1 is everybody's")
    func ancestors() throws {
        let own = getpid()
        #expect(ProcessTable.ancestor(own, of: own)?.pid == own)
        #expect(ProcessTable.ancestor(1, of: own)?.pid == 1)
        #expect(ProcessTable.ancestor(own, of: 1) == nil)
    }
}
