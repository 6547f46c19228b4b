import SidestepRecording
import Testing

@Suite("A drift")
struct DriftTests {
    private func drift(_ before: String, _ after: String, _ options: KeyOptions = KeyOptions()) -> Drift {
        Drift(from: request(before), to: request(after), options: options)
    }

    private func said(_ one: String, _ other: String, _ options: KeyOptions = KeyOptions()) -> Drift {
        drift(Self.message(one), Self.message(other), options)
    }

    private static func message(_ text: String) -> String {
        #"{"messages":[{"role":"user","content":"\#(text)"}],"model":"m"}"#
    }

    @Test("is shown by its place and the words in which both differ first")
    func words() {
        let found = said("It is 05:40:09 now, all is well", "It is 05:41:02 now, all is well")
        #expect(found.pointer == "/messages/0/content" && found.offset == 10)
        #expect(found.before == "05:40:09" && found.after == "05:41:02")
        let long = String(repeating: "é", count: 500)
        let cut = said(long + "a", long + "b")
        #expect(cut.before?.hasSuffix("éa") == true && (cut.before?.utf8.count ?? 0) <= 80)
        #expect(said("one", "one two").after == "one two")
        #expect(drift(#"{"a":1}"#, #"{"a":1,"b":{"c":2}}"#).after == #"{"c":2}"#)
    }

    @Test(
        "under a mask is cured by the fewest kinds of it",
        arguments: [
            ("at 05:40:09", "at 05:41:02", "time"),
            (
                "run 6f1c2a34-1111-4222-8333-0123456789ab", "run 6f1c2a34-9999-4222-8333-0123456789ab",
                "uuid"
            ),
            ("in /tmp/a1b2/x at 0x7f0011223344", "in /tmp/c3d4/x at 0x7f9911223344", "tmp,address"),
        ])
    func masks(one: String, other: String, kinds: String) {
        let found = said(one, other)
        #expect(found.cure.option == "--mask " + kinds)
        let masked = KeyOptions(mask: VolatileKinds(names: kinds)!)
        #expect(
            keys(Self.message(one), masked).texts.last == keys(Self.message(other), masked).texts.last)
        #expect(said(one, other, masked).cure == .ambiguous)
        #expect(said(one + " A", other + " B").cure.option == nil)
    }

    private static func tool(_ result: String, _ user: String = "u") -> String {
        #"{"user":"\#(user)","messages":[{"role":"assistant","tool_calls":[{"id":"c1"}]},"#
            + #"{"role":"tool","tool_call_id":"c1","content":"\#(result)"}]}"#
    }

    @Test("in results of tools alone is cured by letting them be any")
    func tools() {
        let found = drift(Self.tool("approved"), Self.tool("denied"))
        #expect(found.cure == .toolDrift && found.cure.option == "--tool-drift any")
        #expect(found.pointer == "/messages/1/content")
        let drifting = KeyOptions(ignoresToolResults: true)
        #expect(drift(Self.tool("approved"), Self.tool("denied"), drifting).cure == .unknownTools)
    }

    @Test("passes over what would have matched anyhow")
    func counts() {
        let before = Self.tool("took 1.2s", "first").dropLast() + #","seed":1}"#
        let after = Self.tool("took 3.4s", "second").dropLast() + #","seed":2}"#
        let found = drift(String(before), String(after))
        #expect(found.pointer == "/seed" && found.before == "1" && found.after == "2")
        #expect(found.cure == .setting("seed"))
    }

    @Test("in a result of a tool is shown where it counts, past the times in it")
    func pastTimes() {
        let found = drift(
            Self.tool("took 1.2s at 05:40, approved"), Self.tool("took 0.034s at 05:41, denied"))
        #expect(found.before == "approved" && found.after == "denied" && found.offset == 20)
    }

    @Test(
        "looks at what differs where no option is the cure",
        arguments: [
            ("tools: read, write, list", "tools: list, read, write", DriftCure.order),
            ("today is Monday, the first", "today is Tuesday, the first", .date),
            ("on 30 November 2026", "on 31 November 2026", .date),
            ("at 1767225600 sharp", "at 1767225709 sharp", .date),
            ("session a8f3k2m9q1", "session zz83k2m9q7", .id),
            ("there are 12 files", "there are 13 files", .text),
            ("may I ask of may", "may I ask if may", .text),
        ])
    func looks(one: String, other: String, cure: DriftCure) { #expect(said(one, other).cure == cure) }

    @Test("of arrays is one of order, or of parts that are missing")
    func arrays() {
        let tools = [#"{"name":"a"}"#, #"{"name":"b"}"#]
        let body = { (tools: [String]) in #"{"messages":[],"tools":[\#(tools.joined(separator: ","))]}"# }
        #expect(drift(body(tools), body(tools.reversed())).cure == .order)
        #expect(drift(body(tools), body([tools[0]])).cure == .parts)
        #expect(DriftCure.order.advice(hashSeed: "random").contains("PYTHONHASHSEED"))
        #expect(!DriftCure.order.advice(hashSeed: "7").contains("PYTHONHASHSEED"))
    }

    @Test("of equal bodies is one of query or headers")
    func head() { #expect(said("x", "x").cure == .head) }

    @Test("of bodies that are no JSON is told as of texts")
    func plain() {
        let found = drift("some words", "some other")
        #expect(found.pointer.isEmpty && found.before == "words" && found.after == "other")
    }
}

@Suite("A lost try")
struct LostTryTests {
    @Test("whose call is sent again is paid twice, once for each try")
    func sent() {
        var lost = LostTries()
        lost.add("a", tokens: 10)
        lost.add("a", tokens: nil)
        lost.add("b", tokens: 5)
        lost.sent("c", as: 1)
        lost.completed(1, tokens: 100)
        #expect(lost.sum == LostTries.Sum())
        lost.sent("a", as: 2)
        #expect(lost.sum.calls == 2 && lost.sum.tokens == 10 && lost.sum.isEstimated)
        lost.completed(2, tokens: 7)
        lost.sent("a", as: 3)
        lost.completed(3, tokens: 7)
        #expect(lost.sum.calls == 2 && lost.sum.tokens == 17)
    }
}
