import SidestepProtocol
import Testing

/// The examples of the JSON-RPC 2.0 specification, section 7, in their order.
@Suite("The examples of the JSON-RPC 2.0 specification")
struct SpecificationTests {
    @Test(
        "are answered as the specification shows",
        arguments: [
            (#"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#, success("1", "19")),
            (#"{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}"#, success("2", "-19")),
            (
                #"{"jsonrpc": "2.0", "method": "subtract", "#
                    + #""params": {"subtrahend": 23, "minuend": 42}, "id": 3}"#,
                success("3", "19")
            ),
            (#"{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}"#, nil),
            (#"{"jsonrpc": "2.0", "method": "foobar"}"#, nil),
            (#"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#, failure(#""1""#, -32601)),
            (#"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#, failure("null", -32700)),
            (#"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#, failure("null", -32600)),
            (
                #"[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},"#
                    + #"{"jsonrpc": "2.0", "method"]"#,
                failure("null", -32700)
            ),
            ("[]", failure("null", -32600)),
            ("[1]", "[" + failure("null", -32600) + "]"),
            (
                "[1,2,3]",
                "[" + [String](repeating: failure("null", -32600), count: 3).joined(separator: ",") + "]"
            ),
            (
                #"[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},"#
                    + #"{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]"#, nil
            ),
        ] as [(String, String?)])
    func example(line: String, reply: String?) {
        #expect(Echo.reply(to: line) == reply)
    }

    @Test("answer a mixed batch member by member")
    func mixedBatch() {
        let line = """
            [{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
            {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
            {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
            {"foo": "boo"},
            {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
            {"jsonrpc": "2.0", "method": "get_data", "id": "9"}]
            """
        let replies = [
            success(#""1""#, "7"), success(#""2""#, "19"), failure("null", -32600), failure(#""5""#, -32601),
            success(#""9""#, #"["hello",5]"#),
        ]
        #expect(Echo.reply(to: line) == "[" + replies.joined(separator: ",") + "]")
    }
}
