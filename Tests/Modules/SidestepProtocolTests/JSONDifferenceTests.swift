import SidestepProtocol
import Testing

@Suite("Differences")
struct JSONDifferenceTests {
    private func places(_ left: String, _ right: String) throws -> [String] {
        try JSONDifference.between(json(left), json(right)).map { difference in
            "\(difference.pointer) \(difference.before ?? "-") \(difference.after ?? "-")"
        }
    }

    @Test(
        "are named by a pointer and both texts, in the order of the first",
        arguments: [
            (#"{"a":1}"#, #"{ "a" : 1 }"#, []), (#"{"a":1,"b":[1,2]}"#, #"{"b":[1,2],"a":1}"#, []),
            (#"{"a":1}"#, #"{"a":1.0}"#, ["/a 1 1.0"]), (#"{"a":1}"#, #"{"b":1}"#, ["/a 1 -", "/b - 1"]),
            (#"[1,2,3]"#, #"[1,9]"#, ["/1 2 9", "/2 3 -"]),
            (#"{"a/b":{"~":1}}"#, #"{"a/b":{"~":2}}"#, ["/a~1b/~0 1 2"]),
            (#"{"a":[]}"#, #"{"a":{}}"#, ["/a [] {}"]), ("1", "2", [" 1 2"]),
            (#"{"a":"\u0041"}"#, #"{"a":"A"}"#, []), (#"{"a":1,"a":2}"#, #"{"a":1,"a":3}"#, ["/a 2 3"]),
        ])
    func pointers(left: String, right: String, expected: [String]) throws {
        #expect(try places(left, right) == expected)
    }

    @Test("of long texts are cut around the first byte that differs, between characters")
    func cut() throws {
        let text = String(repeating: "é", count: 1000)
        let found = try JSONDifference.between(json("[\"\(text)05\(text)\"]"), json("[\"\(text)ö5\(text)\"]"))
        #expect(found.count == 1)
        #expect(found[0].pointer == "/0")
        #expect(found[0].offset == 2000)
        let before = try #require(found[0].before)
        #expect(before.contains("é05é") && before.utf8.count <= 200 && !before.contains("\u{FFFD}"))
        #expect(found[0].after?.contains("éö5é") == true)
    }

    @Test("are no more than asked for")
    func limit() throws {
        let left = "[" + (0..<500).map(String.init).joined(separator: ",") + "]"
        let right = "[" + (1...500).map(String.init).joined(separator: ",") + "]"
        #expect(try JSONDifference.between(json(left), json(right)).count == 100)
        #expect(
            try JSONDifference.between(json(left), json(right), limit: 3).map(\.pointer) == [
                "/0", "/1", "/2",
            ])
    }

    @Test("far below the top are those of what holds them")
    func deep() throws {
        func nested(_ value: String) throws -> RawJSON {
            let text = String(repeating: "[", count: 10_000) + value + String(repeating: "]", count: 10_000)
            return try RawJSON(parsing: Array(text.utf8), depth: 10_000)
        }
        let found = try JSONDifference.between(nested("1"), nested("2"))
        #expect(found.count == 1)
        #expect(found[0].pointer == String(repeating: "/0", count: 64))
    }

    @Test("of what is no JSON are those of the bytes")
    func texts() {
        #expect(JSONDifference.between(bodies: Array("a".utf8), Array("a".utf8)).isEmpty)
        let found = JSONDifference.between(bodies: Array("form=1".utf8), Array("form=2".utf8))
        #expect(found == [JSONDifference(pointer: "", offset: 5, before: "form=1", after: "form=2")])
        let members = JSONDifference.between(bodies: Array("{\"a\":1}".utf8), Array("{\"a\":2}".utf8))
        #expect(members.map(\.pointer) == ["/a"])
    }
}
