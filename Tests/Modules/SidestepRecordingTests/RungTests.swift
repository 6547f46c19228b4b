import SidestepRecording
import Testing

@Suite("A rung of the ladder")
struct RungTests {
    private func shared(_ one: String, _ other: String, _ options: KeyOptions = KeyOptions()) -> Rung? {
        let known = Set(keys(other, options).texts)
        return keys(one, options).texts.first(where: known.contains).flatMap(CallKeys.rung(of:))
    }

    private static let asked = [
        // OpenAI chat, text and parts.
        #"{"messages":[{"role":"assistant","tool_calls":[{"id":"c1"}]},"#
            + #"{"role":"tool","tool_call_id":"c1","content":"RESULT"}]}"#,
        #"{"messages":[{"content":[{"type":"text","text":"RESULT"}],"role":"tool","tool_call_id":"c1"}]}"#,
        // Anthropic.
        #"{"messages":[{"content":[{"type":"tool_result","tool_use_id":"c1","content":"RESULT"}]}]}"#,
        #"{"messages":[{"role":"user","content":[{"content":[{"type":"text","text":"RESULT"}],"#
            + #""type":"tool_result","tool_use_id":"c1"}]}]}"#,
        // Responses.
        #"{"input":[{"type":"function_call","call_id":"c1"},"#
            + #"{"type":"function_call_output","call_id":"c1","output":"RESULT"}]}"#,
        #"{"input":[{"type":"local_shell_call_output","call_id":"c1","output":"RESULT"}]}"#,
        // Gemini.
        #"{"contents":[{"parts":[{"functionResponse":{"id":"c1","name":"f","response":{"output":"RESULT"}}}]}]}"#,
        // Interactions.
        #"{"input":[{"type":"function_result","call_id":"c1","result":"RESULT"}]}"#,
    ]

    @Test("takes for equal what differs in volatile texts of a tool's result", arguments: asked)
    func volatile(body: String) {
        let one = body.replacing("RESULT", with: "ran 12 tests in 0.034s")
        let other = body.replacing("RESULT", with: "ran 12 tests in 1.2s")
        #expect(shared(one, other) == .volatile)
        #expect(keys(one).toolReferences == ["c1"])
        #expect(shared(one, body.replacing("RESULT", with: "ran 13 tests in 0.034s")) == nil)
        let drift = KeyOptions(ignoresToolResults: true)
        #expect(shared(one, body.replacing("RESULT", with: "denied"), drift) == .toolDrift)
        #expect(shared(one, body.replacing("c1", with: "c2"), drift) == nil)
    }

    @Test(
        "leaves out what providers count or route by",
        arguments: ["user", "metadata", "safety_identifier", "prompt_cache_key", "service_tier"])
    func inert(name: String) {
        #expect(shared(#"{"model":"m","\#(name)":{"a":1}}"#, #"{"\#(name)":"x","model":"m"}"#) == .inert)
        #expect(shared(#"{"model":"m","\#(name)":"a"}"#, #"{"model":"m"}"#) == .inert)
        #expect(shared(#"{"x":{"\#(name)":"a"}}"#, #"{"x":{"\#(name)":"b"}}"#) == nil)
    }

    @Test("leaves out the members that a user names")
    func named() {
        let options = KeyOptions(inert: ["extra.session"])
        #expect(
            shared(#"{"extra":{"session":1,"a":1}}"#, #"{"extra":{"a":1,"session":2}}"#, options) == .inert)
        #expect(shared(#"{"extra":{"session":1,"a":1}}"#, #"{"extra":{"a":2,"session":2}}"#, options) == nil)
        #expect(shared(#"{"extra":{"session":1}}"#, #"{"extra":{"session":2}}"#) == nil)
    }

    @Test("masks any text only when asked, and tells one UUID from another")
    func masked() {
        let mask = KeyOptions(mask: [.time, .uuid])
        let (a, b) = ("6fa459ea-ee8a-3ca4-894e-db77e160355e", "16fd2706-8baf-433b-82eb-8c7fada847da")
        func body(_ text: String) -> String { #"{"messages":[{"role":"user","content":"\#(text)"}]}"# }
        #expect(shared(body("now 05:40:09"), body("now 05:41:02")) == nil)
        #expect(shared(body("now 05:40:09"), body("now 05:41:02"), mask) == .masked)
        #expect(shared(body("\(a) \(b)"), body("\(b) \(a)"), mask) == .masked)
        #expect(shared(body("\(a) \(a)"), body("\(a) \(b)"), mask) == nil)
        #expect(shared(body("in /tmp/x1"), body("in /tmp/x2"), mask) == nil)
    }

    @Test(
        "masks times, durations, UUIDs, addresses and names of temporary files",
        arguments: [
            ("2026-10-21T05:40:09.123Z done", "2025-01-02T15:40:09Z done"), ("2026-10-21", "2025-11-22"),
            ("at 05:40", "at 15:41"), ("5:40 PM", "6:41 AM"), ("05:40:09+02:00", "15:40:09+01:00"),
            ("took 0.034s", "took 12s"), ("12 ms", "13 ms"), ("1m23s", "2m1s"), ("3 µs", "450 µs"),
            ("obj at 0x7f3a21b0c0", "obj at 0x7f3a21b0d8"), ("/tmp/tmpab12/out.txt", "/tmp/tmpzz99/out.txt"),
            ("id 6fa459ea-ee8a-3ca4-894e-db77e160355e.", "id 16fd2706-8baf-433b-82eb-8c7fada847da."),
            ("2026-10-21 05:40:09,123 INFO", "2026-10-22 06:41:10,456 INFO"), ("2 minutes", "3 minutes"),
        ])
    func masks(one: String, other: String) {
        let body = Self.asked[0]
        #expect(
            shared(body.replacing("RESULT", with: one), body.replacing("RESULT", with: other)) == .volatile)
    }

    @Test(
        "keeps numbers, words, codes and versions",
        arguments: [
            ("exit 1", "exit 2"), ("12 passed", "13 passed"), ("v1.2.3", "v1.2.4"), ("0x01", "0x02"),
            ("flags 0x0001 set", "flags 0x0002 set"),
            ("approved", "denied"), ("12 sheep", "13 sheep"), ("a1b2", "a1b3"), ("port 8080", "port 8081"),
            ("/tmp/a/x.txt", "/tmp/a/y.txt"), ("src/tmp/a", "src/tmp/b"), ("2 m", "3 m"), ("x12s", "x13s"),
            ("1:2", "1:3"), ("deadbeef", "deadbeee"), ("12,3", "12,4"), ("\\\"a\\\",\\\"b\\\"", "a,b"),
        ])
    func keeps(one: String, other: String) {
        let body = Self.asked[0]
        #expect(shared(body.replacing("RESULT", with: one), body.replacing("RESULT", with: other)) == nil)
    }

    @Test("looks through texts that go on and on without getting lost in them")
    func hostile() {
        let parts = ["1s", "1 1a1.1:1/tmp/", "1", "a", "1:", "2026-", "0x", "1 "]
        for part in parts {
            let text = String(repeating: part, count: 200_000 / part.utf8.count)
            #expect(shared(Self.asked[0].replacing("RESULT", with: text), Self.asked[0]) == nil)
        }
    }

    @Test("of Gemini goes by the signature of a thought where calls have no ids")
    func signatures() {
        let body = #"{"contents":[{"parts":[{"functionCall":{"name":"f"},"thoughtSignature":"SIG"}]}]}"#
        #expect(keys(body).toolReferences.count == 1)
        #expect(keys(body).toolReferences != keys(body.replacing("SIG", with: "other")).toolReferences)
    }
}
