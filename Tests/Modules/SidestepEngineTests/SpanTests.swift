import SidestepModel
import SidestepProtocol
import SidestepStore
import Testing

@testable import SidestepEngine

@Suite("A span")
struct SpanTests {
    private var run: RunRecord {
        RunRecord(
            key: 1, id: "r", userID: 1, generation: 1, uid: "u", workflow: "w", now: Instant(milliseconds: 5))
    }

    private func end(
        _ kind: JournalKind, step: String? = "s", begun: Int64? = 10, detail: String? = nil,
        usage: String? = nil
    ) -> TracedEnd {
        TracedEnd(
            sequence: 1, kind: kind.rawValue, step: step, attempt: step == nil ? nil : 1,
            begun: begun.map(Instant.init(milliseconds:)), at: Instant(milliseconds: 20),
            detail: detail.map { Payload(text: $0) }, usage: usage.map { Payload(text: $0) })
    }

    @Test("tells of each way in which an attempt ends, and of nothing else in the journal")
    func kinds() {
        let rules = SpansOfRun(run)
        let ends: [JournalKind: String] = [
            .stepCompleted: "completed", .stepAttemptFailed: "failed", .stepFailed: "failed",
            .stepTimedOut: "timed_out", .stepInterrupted: "interrupted", .stepUnknown: "unknown",
        ]
        for kind in JournalKind.allCases where kind != .recordingCompleted && kind != .recordingFailed {
            let span = rules.span(of: end(kind))
            let status = span?.attributes.first { $0.0 == "sidestep.step.status" }?.1
            #expect(status == ends[kind].map(Span.Value.text), "\(kind)")
        }
        #expect(
            rules.span(of: end(.recordingCompleted, step: nil, detail: #"{"recording":1}"#)) == nil,
            "it is gone")
    }

    @Test("never ends before it begins, also when the clock was set back or nobody knows when it began")
    func times() throws {
        let rules = SpansOfRun(run)
        for (begun, wanted) in [(10, 10), (30, 20), (nil, 20)] as [(Int64?, Int64)] {
            let span = try #require(rules.span(of: end(.stepCompleted, begun: begun)))
            #expect(span.begun == Instant(milliseconds: wanted) && span.ended == Instant(milliseconds: 20))
        }
    }

    @Test("says how an attempt failed, whatever shape its error has, and no more of it than fits")
    func errors() throws {
        let rules = SpansOfRun(run)
        for (detail, message) in [
            (#"{"type":"T","message":"m"}"#, "m"), (#""words""#, "words"), ("17", "failed"), (nil, "failed"),
            (#"{"message":"\#(String(repeating: "é", count: 5000))"}"#, String(repeating: "é", count: 1000)),
        ] as [(String?, String)] {
            let span = try #require(rules.span(of: end(.stepFailed, detail: detail)))
            #expect(span.isError && span.message == message)
        }
    }

    @Test("has the amounts that a step used, by the names that others know, and no text of it but the model")
    func usage() throws {
        let usage =
            #"{"model":"m","input_tokens":3,"output_tokens":4,"requests":1,"note":"private","ratio":0.5}"#
        let span = try #require(SpansOfRun(run).span(of: end(.stepCompleted, usage: usage)))
        let used = span.attributes.filter { !$0.0.hasPrefix("sidestep.step") }.map { "\($0.0)=\($0.1)" }
        #expect(
            used.dropFirst(2) == [
                #"gen_ai.request.model=text("m")"#, "gen_ai.usage.input_tokens=number(3)",
                "gen_ai.usage.output_tokens=number(4)", "sidestep.usage.requests=number(1)",
            ])
    }

    @Test("of a run has what happened to it in its order, and says that there was more")
    func events() throws {
        var run = run
        #expect(SpansOfRun(run).span(Page(items: [], hasMore: false), tags: []) == nil, "it is open")
        run.closed = Instant(milliseconds: 90)
        let happened = [
            TracedEvent(
                at: Instant(milliseconds: 80), kind: "run.completed", step: nil, detail: Payload(text: "1")),
            TracedEvent(
                at: Instant(milliseconds: 70), kind: "event.emitted", step: nil,
                detail: Payload(text: #"{"a":"b"}"#)),
            TracedEvent(
                at: Instant(milliseconds: 60), kind: "run.interrupted", step: nil,
                detail: Payload(text: #"{"cause":"died","interruptions":2,"other":{}}"#)),
        ]
        let span = try #require(SpansOfRun(run).span(Page(items: happened, hasMore: true), tags: []))
        #expect(span.events.map(\.name) == ["run.interrupted", "event.emitted", "run.completed"])
        #expect(span.events[0].attributes.map(\.0) == ["sidestep.cause", "sidestep.interruptions"])
        #expect(span.events[1].attributes.isEmpty, "what programs say is theirs")
        #expect(span.hasDroppedEvents)
    }
}
