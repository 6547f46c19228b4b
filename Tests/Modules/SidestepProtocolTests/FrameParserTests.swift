import SidestepModel
import SidestepProtocol
import Testing

@Suite("The frame parser")
struct FrameParserTests {
    private func request(_ line: String, _ limits: Limits = Limits()) -> RPCRequest? {
        guard case .single(.request(let request)) = FrameParser.parse(ArraySlice(line.utf8), limits: limits)
        else {
            return nil
        }
        return request
    }

    private func error(_ line: String, _ limits: Limits = Limits()) -> RPCError? {
        guard case .single(.invalid(_, let error)) = FrameParser.parse(ArraySlice(line.utf8), limits: limits)
        else {
            return nil
        }
        return error
    }

    @Test(
        "keeps the bytes of an id",
        arguments: ["1", "1.0", "1e2", "-0", "12345678901234567890", #""\u0041\/""#, "null"])
    func id(text: String) {
        #expect(request(#"{"jsonrpc":"2.0", "id" : \#(text) ,"method":"ping"}"#)?.id?.text == text)
    }

    @Test("keeps the bytes of parameters, duplicates and escapes included")
    func params() {
        let params = #"{"output": {"a":1.0,"a":1E2, "\u0061":"\/"},"output":null}"#
        #expect(request(#"{"params":\#(params),"method":"m","jsonrpc":"2.0"}"#)?.params?.text == params)
    }

    @Test("reads the envelope in any order, with white space and with escaped names")
    func envelope() {
        let line =
            "\t" + #"{ "id" : 7 , "m\u0065thod" : "p\u0069ng" , "x" : [{}], "jsonrpc" : "2\u002e0" }"# + " \r"
        #expect(request(line) == RPCRequest(id: .integer(7), method: "ping", params: nil))
    }

    @Test(
        "refuses what is no request",
        arguments: [
            #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"1.0","method":"a","id":1}"#,
            #"{"method":"a","id":1}"#,
            #"{"jsonrpc":2.0,"method":"a"}"#, #"{"jsonrpc":"2.0","method":null}"#, "1", "\"a\"", "null", "{}",
            #"{"jsonrpc":"2.0","method":"a","params":1}"#, #"{"jsonrpc":"2.0","method":"a","params":null}"#,
            #"{"jsonrpc":"2.0","method":"a","id":{}}"#, #"{"jsonrpc":"2.0","method":"a","id":[1]}"#,
            #"{"jsonrpc":"2.0","method":"a","id":true}"#, #"{"jsonrpc":"2.0","method":"a\u0000b","id":1}"#,
            #"{"jsonrpc":"2.0","method":"a","method":"a"}"#, #"{"jsonrpc":"2.0","id":1,"method":"a","id":1}"#,
            #"{"jsonrpc":"2.0","method":"a","params":{},"p\u0061rams":{}}"#,
            #"{"jsonrpc":"2.0","jsonrpc":"2.0","method":"a"}"#,
        ])
    func refuses(line: String) {
        #expect(error(line)?.code == -32600)
    }

    @Test("answers under the id of a bad request when it has a good one")
    func idOfBadRequest() {
        let line = #"{"jsonrpc":"2.0","id":"x","method":5}"#
        guard case .single(.invalid(let id, _)) = FrameParser.parse(ArraySlice(line.utf8)) else {
            Issue.record("it was accepted")
            return
        }
        #expect(id == .string("x"))
    }

    @Test("takes no name for a field that is only like one")
    func almostFields() {
        for name in [#"\u0000id"#, "Id", "id ", "i", "jsonrpc2.0", ""] {
            let line = #"{"jsonrpc":"2.0","method":"ping",""# + name + #"":1}"#
            #expect(request(line) == RPCRequest(id: nil, method: "ping", params: nil), "\(name)")
        }
        #expect(request(#"{"jsonrpc":"2.0","method":"ping","\u0069d":1}"#)?.id == .integer(1))
    }

    @Test(
        "says where a line stops being JSON",
        arguments: [("", 0), ("{", 1), (#"{"a":1"#, 6), ("[1,]", 3), ("{} {}", 3)])
    func parseError(line: String, offset: Int) {
        let error = error(line)
        #expect(error?.code == -32700)
        #expect(error?.data?["offset"]?.integer == Int64(offset))
    }

    @Test("lets a broken line win over a bad envelope")
    func brokenAfterBad() {
        #expect(error(#"{"jsonrpc":"1.0","method":1,"x":[}"#)?.code == -32700)
        #expect(error(#"[{"jsonrpc":"1.0"},{"x":[}]"#)?.code == -32700)
    }

    @Test("takes a line at the frame limit and none a byte longer")
    func frameLimit() {
        let line = #"{"jsonrpc":"2.0","method":"ping"}"#
        var limits = Limits()
        limits.frameBytes = line.utf8.count
        #expect(request(line, limits) != nil)
        limits.frameBytes -= 1
        #expect(error(line, limits)?.kind == "payload_too_large")
        #expect(error(line, limits)?.data?["limit"]?.string == "frame_bytes")
    }

    @Test("takes a batch at its limit and none longer")
    func batchLimit() {
        var limits = Limits()
        limits.batchLength = 3
        let one = #"{"jsonrpc":"2.0","method":"ping"}"#
        let three = "[\(one),\(one),\(one)]"
        guard case .batch(let items) = FrameParser.parse(ArraySlice(three.utf8), limits: limits) else {
            Issue.record("three were refused")
            return
        }
        #expect(items.count == 3)
        #expect(error("[\(one),\(one),\(one),\(one)]", limits)?.data?["limit"]?.string == "batch_length")
        #expect(error("[\(one),\(one),\(one),}", limits)?.code == -32700)
    }

    @Test("counts nesting from the outside of the line", arguments: [1, 3, 64, 65, 512])
    func depthLimit(limit: Int) {
        var limits = Limits()
        limits.depth = limit
        func line(_ levels: Int) -> String {
            let inner = String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1)
            return #"{"jsonrpc":"2.0","method":"m","params":\#(levels == 1 ? "0" : inner)}"#
        }
        #expect(error(line(limit), limits)?.code != -32700)
        #expect(error(line(limit + 1), limits)?.code == -32700)
        #expect(error("[" + line(limit) + "]", limits)?.code == -32700)
    }

    @Test("reads responses for clients")
    func responses() throws {
        let good = FrameParser.parse(ArraySlice(#"{"jsonrpc":"2.0","id":1,"result":null}"#.utf8))
        guard case .single(.response(let response)) = good else {
            throw RPCError.internalError("no response")
        }
        #expect(try response.outcome.get().isNull)
        let bad =
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"m","data":{"kind":"run_owned"}}}"#
        guard case .single(.response(let failed)) = FrameParser.parse(ArraySlice(bad.utf8)) else {
            throw RPCError.internalError("no response")
        }
        let error = #expect(throws: RPCError.self) { try failed.outcome.get() }
        #expect(error?.kind == "run_owned")
    }
}
