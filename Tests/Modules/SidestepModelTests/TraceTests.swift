import Testing

@testable import SidestepModel

@Suite("A trace context")
struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "b7ad6b7169203331"

    @Test("is written as it was read")
    func roundTrip() throws {
        for flags in ["00", "01"] {
            let text = "00-\(Self.trace)-\(Self.span)-\(flags)"
            let context = try #require(TraceContext(text))
            #expect(context.text == text && context.isSampled == (flags == "01"))
        }
    }

    @Test("of a version to come is read as far as this one goes, and so are flags that are not known")
    func later() throws {
        let context = try #require(TraceContext("cc-\(Self.trace)-\(Self.span)-09-what-the-future-will-be"))
        #expect(context == TraceContext(trace: Self.trace, span: Self.span, isSampled: true))
    }

    @Test(
        "that is none is not read",
        arguments: [
            "", "00", "00-\(trace)-\(span)", "ff-\(trace)-\(span)-01", "00-\(trace)-\(span)-01-more",
            "00-\(trace.uppercased())-\(span)-01", "00-\(trace.dropLast())-\(span)-01",
            "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
            "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-+1", "0-\(trace)-\(span)-01",
            "00-\(trace)-\(span)é-01",
        ])
    func refused(text: String) { #expect(TraceContext(text) == nil) }
}

@Suite("The trace of a run")
struct RunTraceTests {
    @Test("has names that every client makes alike")
    func names() {
        let trace = RunTrace(uid: "f9c45007eee141041855", traceparent: nil)
        #expect(trace.context.text == "00-53ceb2f3e983e70c38a1e91e68b7c009-0fc4867a4fa3006b-01")
        #expect(trace.parent == nil)
        #expect(trace.attempt(2, of: "fetch/é").span == "975ed79adc669ebd")
        #expect(trace.recording(7).span == "ef058df02e2e4b5e")
    }

    @Test("is that of whoever began it, and its own span stays what it is")
    func given() {
        let own = RunTrace(uid: "u", traceparent: nil)
        let given = RunTrace(uid: "u", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
        #expect(
            given.context.trace == "0af7651916cd43dd8448eb211c80319c" && given.parent == "b7ad6b7169203331")
        #expect(given.context.span == own.context.span && !given.context.isSampled)
    }

    @Test("has another span for each step, attempt and call")
    func apart() {
        let trace = RunTrace(uid: "u", traceparent: nil)
        let steps = (0..<20_000).map { trace.attempt(1, of: "step-\($0)").span }
        let others =
            (2..<100).map { trace.attempt($0, of: "step-1").span }
            + (1..<100).map { trace.recording($0).span }
        let all =
            steps + others + [
                trace.context.span, RunTrace(uid: "v", traceparent: nil).attempt(1, of: "step-1").span,
            ]
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0.count == 16 })
    }
}
