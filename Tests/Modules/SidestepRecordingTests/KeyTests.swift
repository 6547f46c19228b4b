import SidestepRecording
import Testing

@Suite("The key of a call")
struct KeyTests {
    @Test(
        "is that of an equal request however it is written",
        arguments: [
            (#"{"model":"m","messages":[]}"#, #"{ "messages" : [ ] , "model":"m" }"#),
            (#"{"a":"é/\n😀"}"#, #"{"a":"\u00e9\/\u000a\ud83d\ude00"}"#),
            (#"{"\u0061":1}"#, #"{"a":1}"#),
            (#"{"b":{"y":1,"x":[2]},"a":0}"#, #"{"a":0,"b":{"x":[2],"y":1}}"#),
            (#"{"a":"\u0008\u000c\u0000"}"#, #"{"a":"\b\f\u0000"}"#),
        ])
    func same(left: String, right: String) { #expect(keys(left) == keys(right)) }

    @Test(
        "tells every token from another",
        arguments: [
            ("1e400", "1e401"), ("-0", "0"), ("1.0", "1"), ("9223372036854775809", "9223372036854775808"),
            ("1E2", "1e2"), ("100", "1e2"), ("null", "0"), ("true", "\"true\""), ("[[]]", "[[[]]]"),
            ("[1,2]", "[2,1]"), ("[\"a\",\"b\"]", "[\"a\\\",\\\"b\"]"), ("\"\\u0000\"", "\"\""),
            ("{\"a\":1}", "{\"a\":[1]}"), ("[{},{}]", "[{}]"), ("\"a\"", "\"a \""), ("[]", "{}"),
            ("{\"a\":{}}", "{\"a\":[]}"), ("\"\\\\n\"", "\"\\n\""), ("\"x\"", "\"X\""), ("", "null"),
        ])
    func different(left: String, right: String) {
        let (one, other) = (keys("{\"v\":[\(left)]}"), keys("{\"v\":[\(right)]}"))
        #expect(Set(one.texts).isDisjoint(with: other.texts))
    }

    @Test(
        "is made of the bytes where nothing says what they mean",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"x":[{"\u0061":1,"a":1}]}"#, "{\"a\":\"\\ud800\"}", "{\"a\":1", "[1,]",
            "\u{FEFF}{}", "{\"a\":\"\0\"}", "", "plain",
        ])
    func raw(text: String) {
        #expect(keys(text) == keys(text))
        #expect(Set(keys(text).texts).isDisjoint(with: keys(text + " ").texts))
        #expect(keys(text).toolReferences.isEmpty)
    }

    @Test("is found for ten thousand levels and for more than are looked into", arguments: [10_000, 30_000])
    func deep(levels: Int) {
        let open = String(repeating: #"{"b":0,"a":["#, count: levels / 2)
        let close = String(repeating: "]}", count: levels / 2)
        let twin = String(repeating: #"{"a":["#, count: levels / 2)
        let end = String(repeating: #"],"b":0}"#, count: levels / 2)
        let isLookedInto = levels < 20_000
        #expect((keys(open + "1" + close) == keys(twin + "1" + end)) == isLookedInto)
        #expect(keys(open + "1" + close) != keys(open + "2" + close))
    }

    @Test("leaves out credentials, versions of clients and traces, and the order of queries and betas")
    func head() {
        func key(_ target: String, _ headers: [(name: String, value: String)]) -> CallKeys {
            CallKeys(of: request("{}", target: target, headers: headers), secret: secret)
        }
        let plain = key("/m?a=1&b=2", [("content-type", "application/json"), ("anthropic-beta", "x,y")])
        let other = key(
            "/m?b=2&key=SECRET&a=1",
            [
                ("Authorization", "Bearer k"), ("User-Agent", "sdk/2"), ("X-Stainless-Retry-Count", "1"),
                ("Content-Type", "Application/JSON; charset=utf-8"), ("Anthropic-Beta", "y"),
                ("anthropic-beta", "x"), ("traceparent", "00-1"), ("Cookie", "c"),
            ])
        #expect(plain == other)
        #expect(key("/m", []) == key("/m?key=1", []))
        #expect(
            plain != key("/m?a=1&b=3", [("content-type", "application/json"), ("anthropic-beta", "x,y")]))
        #expect(plain != key("/m?a=1&b=2", [("content-type", "application/json"), ("anthropic-beta", "x")]))
    }

    @Test("is another for another upstream, path, method or run")
    func place() {
        let plain = keys("{}")
        #expect(plain != CallKeys(of: request("{}", upstream: "azure"), secret: secret))
        #expect(plain != CallKeys(of: request("{}", target: "/v1/responses"), secret: secret))
        #expect(plain != CallKeys(of: request("{}"), secret: [UInt8](repeating: 8, count: 32)))
        let delete = RecordedRequest(
            method: "DELETE", upstream: "openai", target: "/v1/chat/completions",
            headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
        #expect(plain != CallKeys(of: delete, secret: secret))
    }

    @Test("of a frame leaves out what the connection needs, and is not that of a request")
    func frame() {
        func frame(_ body: String, _ transport: RecordedRequest.Transport) -> CallKeys {
            let request = RecordedRequest(
                method: "POST", upstream: "o", target: "/v1/responses", headers: [],
                body: Array(body.utf8), transport: transport)
            return CallKeys(of: request, secret: secret)
        }
        let plain = frame(#"{"type":"response.create","stream_id":"s1","model":"m"}"#, .webSocket)
        #expect(plain == frame(#"{"model":"m","type":"response.create","stream_id":"s2"}"#, .webSocket))
        #expect(plain != frame(#"{"model":"n","type":"response.create"}"#, .webSocket))
        #expect(plain != frame(#"{"model":"m"}"#, .http))
    }

    @Test("of a form does not depend on the boundary, but on order, names, types and contents")
    func form() {
        func key(_ boundary: String, _ parts: [(String, String)]) -> CallKeys {
            let body =
                parts.map { "--\(boundary)\r\n\($0.0)\r\n\r\n\($0.1)\r\n" }.joined() + "--\(boundary)--\r\n"
            return CallKeys(
                of: request(body, headers: [("Content-Type", "multipart/form-data; boundary=\(boundary)")]),
                secret: secret)
        }
        let file = (
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain",
            "12\r\n--3"
        )
        let purpose = ("content-disposition: form-data; name=purpose", "x")
        let plain = key("b1", [file, purpose])
        #expect(plain == key("other", [file, purpose]))
        #expect(plain != key("b1", [purpose, file]))
        #expect(plain != key("b1", [(file.0, "13"), purpose]))
        #expect(plain != key("b1", [(file.0.replacing("a.txt", with: "b.txt"), file.1), purpose]))
        #expect(plain != key("b1", [file]))
    }
}
