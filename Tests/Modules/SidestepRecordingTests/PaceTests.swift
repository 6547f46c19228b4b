import SidestepRecording
import Testing

@Suite("The pace of an answer")
struct PaceTests {
    private func observed(_ events: [String], injected: Bool = false) -> ReplyObserver {
        var observer = ReplyObserver(
            api: .chat, status: 200, contentType: "text/event-stream", isInjected: injected)
        for event in events { observer.feed(Array("data: \(event)\n\n".utf8)) }
        return observer
    }

    @Test("pauses lead back to the moments they were made of, and those that are none to no end")
    func roundTrip() {
        var dice = Dice(1)
        for _ in 0..<100 {
            let moments = (0..<20).map { _ in Int.random(in: 0..<10_000, using: &dice) }.sorted()
            #expect(ReplyPace.moments(after: ReplyPace.pauses(before: moments)) == moments)
        }
        #expect(ReplyPace.moments(after: [5, -3, 2]) == [5, 5, 7])
        _ = ReplyPace.moments(after: [.max, .max])
    }

    @Test("events that came at once have one moment, and a clock that goes back makes none earlier")
    func moments() {
        var pace = ReplyPace()
        pace.note(events: 2, at: .milliseconds(30))
        pace.note(events: 2, at: .milliseconds(40))
        pace.note(events: 3, at: .milliseconds(20))
        pace.note(events: 4, at: .seconds(2))
        #expect(pace.moments == [30, 30, 30, 2000])
    }

    @Test("each part has its pause, the last one too, and what was taken out leaves none")
    func parts() {
        let event = #"{"choices":[{"index":0,"delta":{"content":"x"}}]}"#
        let usage = #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#
        let observer = observed([event, usage, event, "[DONE]"], injected: true)
        var pace = ReplyPace()
        for (count, moment) in [(1, 10), (2, 50), (3, 60), (4, 100)] {
            pace.note(events: count, at: .milliseconds(moment))
        }
        let (one, last) = (event.utf8.count + 8, "data: [DONE]\n\n".utf8.count)
        let parts = ReplyParts(of: observer, pace, body: 2 * one + last)
        #expect(parts.splits == [one, 2 * one])
        #expect(parts.pauses == [10, 50, 40])
    }

    @Test("an answer whose times are not known has parts and no pauses")
    func unknown() {
        let observer = observed(["{}", "{}", "[DONE]"])
        let parts = ReplyParts(of: observer, ReplyPace(), body: observer.count)
        #expect(parts.splits.count == 2 && parts.pauses.isEmpty)
        #expect(ReplyParts(splits: [1, 2], pauses: [1, 2]).pauses.isEmpty)
        #expect(ReplyParts(splits: [1, 2], pauses: [1, 2, 3]).pauses == [1, 2, 3])
    }
}
