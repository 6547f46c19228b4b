import SidestepProtocol
import SidestepRecording
import Testing

@Suite("Large bodies")
struct LargeBodyTests {
    @Test("of 32 MiB are keyed")
    func large() {
        let body = #"{"messages":["a"],"pad":"\#(String(repeating: "p", count: 32 << 20))"}"#
        #expect(keys(body).texts.count == 3)
    }

    @Test("with many escapes, members and levels are keyed and cut")
    func many() {
        let escaped = String(repeating: #"line\n\u00e9 \"x\" "#, count: 1 << 13)
        let members = (0..<20_000).map { #""k\#($0 * 7919 % 20_000)":[\#($0),{}]"# }.joined(separator: ",")
        let nested = String(repeating: "[", count: 9000) + String(repeating: "]", count: 9000)
        let body =
            #"{"messages":[{"role":"tool","tool_call_id":"c","content":"\#(escaped)"}],"x":{\#(members)},"#
            + #""n":\#(nested)}"#
        let one = keys(body)
        #expect(one.toolReferences == ["c"])
        #expect(Set(one.texts).isDisjoint(with: keys(body.replacing("[19999,{}]", with: "[19998,{}]")).texts))
        #expect(RequestPieces.cuts(of: try? RawJSON(parsing: Array(body.utf8), depth: 20_000)).count == 2)
    }

    @Test("of a MiB take a time that is printed")
    func speed() {
        let line =
            #"{"role":"user","content":"\#(String(repeating: "some words of a file\\n", count: 180))"}"#
        let body = #"{"messages":["# + Array(repeating: line, count: 256).joined(separator: ",") + "]}"
        let request = request(body)
        let clock = ContinuousClock()
        let time = clock.measure { _ = CallKeys(of: request, secret: secret) }
        print("keys of \(request.body.count >> 10) KiB in", time)
        var observer = ReplyObserver(api: .opaque, status: 200, contentType: SampleReply.events)
        let event = Array("data: \(String(repeating: "x", count: 4096))\n\n".utf8)
        let watching = clock.measure {
            for _ in 0..<256 { observer.feed(event) }
        }
        print("an answer of \(observer.count >> 10) KiB watched in", watching)
        #expect(observer.splits.count == 256)
    }
}
