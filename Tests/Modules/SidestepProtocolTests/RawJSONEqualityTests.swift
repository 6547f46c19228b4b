import SidestepProtocol
import Testing

@Suite("Equal values")
struct RawJSONEqualityTests {
    private func same(_ left: String, _ right: String) throws -> Bool {
        try RawJSON(parsing: Array(left.utf8)).isSame(as: RawJSON(parsing: Array(right.utf8)))
    }

    @Test(
        "have their members in any order",
        arguments: [
            (
                #"{"a":1,"b":{"c":[{"x":1,"y":2}],"d":null}}"#,
                #"{"b": {"d":null, "c":[{"y":2,"x":1}]}, "a":1}"#
            ),
            (#"{}"#, #"{ }"#), (#"{"a":1,"b":2,"a":3}"#, #"{"b":2,"a":1,"a":3}"#),
        ])
    func equal(left: String, right: String) throws { #expect(try same(left, right)) }

    @Test(
        "have the same elements, names and numbers as they were written",
        arguments: [
            (#"[1,2]"#, #"[2,1]"#), (#"{"a":1,"b":2}"#, #"{"a":2,"b":1}"#),
            (#"{"a":1}"#, #"{"a":1,"b":1}"#),
            (#"{"a":1,"a":3}"#, #"{"a":3,"a":1}"#), (#"{"a":1.0}"#, #"{"a":1}"#),
            (#"{"a":10}"#, #"{"b":10}"#),
            (#"{"ab":1,"c":2}"#, #"{"a":1,"bc":2}"#),
        ])
    func different(left: String, right: String) throws { #expect(try !same(left, right)) }

    @Test("are looked at as they were written beyond 256 KiB")
    func large() throws {
        let text = String(repeating: "x", count: 256 << 10)
        #expect(try !same(#"{"a":1,"b":"\#(text)"}"#, #"{"b":"\#(text)","a":1}"#))
        #expect(try same(#"{"a":1,"b":"\#(text)"}"#, #"{"a":1, "b":"\#(text)"}"#))
    }
}
