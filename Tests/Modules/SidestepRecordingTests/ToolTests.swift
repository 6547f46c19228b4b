import SidestepProtocol
import SidestepRecording
import Testing

@Suite("A line between a client and its tools")
struct ToolMessageTests {
    private func call(_ text: String) -> ToolCall? {
        if case .call(let call) = ToolMessage(Array(text.utf8)) { call } else { nil }
    }

    private func params(_ text: String) -> ToolCall? {
        call(#"{"id":1,"method":"tools/call","params":\#(text)}"#)
    }

    @Test(
        "that calls a tool is known by tool, arguments and answers, not by its id or what the protocol adds")
    func keys() throws {
        let plain = try #require(params(#"{"name":"t","arguments":{"a":1,"b":"\u00e9"}}"#))
        #expect(plain.tool == "t")
        #expect(
            plain.key == params(#"{"_meta":{"progressToken":1},"arguments":{"b":"é","a":1},"name":"t"}"#)?.key
        )
        #expect(plain.key == call(#"{"method":"tools/call","params":\#(plain.params.text),"id":"x"}"#)?.key)
        for other in [
            #"{"name":"u","arguments":{"a":1,"b":"é"}}"#, #"{"name":"t","arguments":{"a":1.0,"b":"é"}}"#,
            #"{"name":"t","arguments":{"a":1,"b":"é"},"requestState":"s"}"#,
            #"{"name":"t","arguments":{"a":1,"b":"é"},"inputResponses":{}}"#,
            #"{"name":"t","arguments":{"a":1,"b":"é","_meta":{}}}"#,
        ] {
            #expect(params(other).map { $0.key != plain.key } == true)
        }
    }

    @Test(
        "is anything else when it is no call of a tool",
        arguments: [
            "", "x", "[]", "1", #"{"method":"tools/call","params":{"name":"t"}}"#,
            #"{"id":1,"method":"tools/call"}"#, #"{"id":1,"method":"tools/call","params":{"name":1}}"#,
            #"{"id":1,"method":"tools/call","params":{"name":"t","task":{}}}"#, #"{"id":1,"method":"ping"}"#,
            #"{"id":1}"#, #"[{"id":1,"method":"ping"}]"#, #"{"result":{}}"#,
        ])
    func others(text: String) { #expect(ToolMessage(Array(text.utf8)) == .other) }

    @Test("is read by what it is")
    func kinds() {
        func message(_ text: String) -> ToolMessage { ToolMessage(Array(text.utf8)) }
        #expect(message(#"{"id":1,"method":"tools/list"}"#) == .list(id: .integer(1)))
        #expect(message(#"{"id":"a","result":{"x":1}}"#) == .answer(id: .string("a"), result: .emptyResult))
        #expect(message(#"{"id":2,"error":{}}"#) == .answer(id: .integer(2), result: nil))
        let batch = #"[{"id":1,"method":"ping"},{"id":7,"method":"tools/call"}]"#
        #expect(message(batch) == .batch(ids: [.integer(7)]))
    }

    @Test("is answered with its own id as it was written, and in its own era")
    func answers() throws {
        let result = try RawJSON(parsing: Array(#"{"content":[]}"#.utf8))
        let old = try #require(call(#"{"id":1e0,"method":"tools/call","params":{"name":"t"}}"#))
        #expect(text(old.answer(result)) == #"{"jsonrpc":"2.0","id":1e0,"result":{"content":[]}}"# + "\n")
        let meta = #"{"name":"t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#
        let new = try #require(params(meta))
        let typed = #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[]}}"# + "\n"
        #expect(text(new.answer(result)) == typed)
        #expect(text(new.answer(failure: "no")).contains(#""isError":true"#))
        let required = try RawJSON(parsing: Array(#"{"resultType":"input_required"}"#.utf8))
        #expect(text(new.answer(required)).contains(#""result":{"resultType":"input_required"}"#))
    }

    @Test("tells a loss from an error")
    func losses() {
        let id = RawJSON.integer(3)
        #expect(ToolMessage(ToolCall.loss(of: id, "broke off")) == .loss(id: id))
        #expect(ToolMessage(ToolCall.refusal(of: id, "no")) == .answer(id: id, result: nil))
    }

    @Test("is repeated in headers where its era wants that")
    func heads() {
        func head(_ text: String) -> ToolRequestHead { ToolRequestHead(Array(text.utf8)) }
        let meta = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#
        let call = head(#"{"id":1,"method":"tools/call","params":{"name":"a b",\#(meta)}}"#)
        #expect(call.id == .integer(1))
        #expect(call.headers.map(\.name) == ["Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name"])
        #expect(call.headers.map(\.value) == ["2026-07-28", "tools/call", "a b"])
        for (name, value) in [
            ("é", "=?base64?w6k=?="), (" x", "=?base64?IHg=?="), ("a\\nb", "=?base64?YQpi?="),
        ] {
            let head = head(#"{"id":1,"method":"tools/call","params":{"name":"\#(name)",\#(meta)}}"#)
            #expect(head.headers.last?.value == value)
        }
        for text in [#"{"id":1,"method":"tools/call","params":{"name":"t"}}"#, "x", #"{"id":1,"result":{}}"#]
        {
            #expect(head(text).headers.isEmpty)
        }
        #expect(head(#"{"id":1,"result":{}}"#).id == nil)
        #expect(head(#"{"method":"notifications/initialized"}"#).id == nil)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension RawJSON {
    fileprivate static let emptyResult = RawJSON(validated: Array(#"{"x":1}"#.utf8)[...])
}

@Suite("The turns of equal calls")
struct ToolTurnsTests {
    @Test("are given in order, and again where there was no result")
    func order() {
        var turns = ToolTurns(epoch: "e")
        #expect([turns.next("a"), turns.next("a"), turns.next("b")] == [1, 2, 1])
        turns.release("a", 1)
        #expect(turns.next("a") == 1)
        _ = turns.given("a", 2)
        #expect(turns.next("a") == 3)
    }

    @Test("are kept over wrappers of one epoch, and begin anew with the next")
    func kept() {
        var turns = ToolTurns(epoch: "e")
        for _ in 0..<4 { _ = turns.next("a") }
        #expect(turns.given("a", 3).text == #"{"epoch":"e","last":0,"beyond":[3]}"#)
        #expect(turns.given("a", 1).text == #"{"epoch":"e","last":1,"beyond":[3]}"#)
        var second = ToolTurns(epoch: "e")
        second.load("a", kept: turns.given("a", 2))
        #expect([second.next("a"), second.next("a")] == [4, 5])
        var third = ToolTurns(epoch: "f")
        third.load("a", kept: second.given("a", 4))
        #expect(third.next("a") == 1)
    }

    @Test("are read from anything without harm")
    func hostile() {
        var turns = ToolTurns(epoch: "e")
        for text in [
            "null", "[]", #"{"epoch":"e","last":"x","beyond":{}}"#, #"{"epoch":"e","beyond":[1e9,-1]}"#,
            #"{"epoch":"e","last":9223372036854775807}"#,
        ] {
            turns.load("a", kept: RawJSON(validated: Array(text.utf8)[...]))
        }
        #expect(turns.next("a") == 1)
    }
}
