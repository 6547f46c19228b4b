import Testing

@testable import SidestepModel

@Suite struct RecordingStateTests {
    /// From where each event is possible, and where it leads.
    private static let rules: [RecordingEvent: (from: Set<RecordingState>, to: RecordingState)] = [
        .completed: ([.started, .inDoubt], .completed),
        .failed: ([.started, .inDoubt], .failed),
        .cancelled: ([.started, .inDoubt], .cancelled),
        .lost: ([.started], .inDoubt),
    ]

    @Test("a recording ends once, but for one of which nobody knew how it had ended")
    func states() {
        for state in RecordingState.allCases {
            for event in RecordingEvent.allCases {
                let rule = Self.rules[event]!
                #expect(
                    state.after(event) == (rule.from.contains(state) ? rule.to : nil), "\(state), \(event)")
            }
        }
    }

    @Test("an end changes a recording's state and its time, and nothing else")
    func records() throws {
        let asked = RecordedRequest(upstream: "u", httpMethod: "POST", path: "/", keys: Payload(text: "[]"))
        let begun = RecordingRecord(
            run: 1, number: 2, call: "c", recorder: "r", epoch: 3, request: asked,
            now: Instant(milliseconds: 4))
        for event in RecordingEvent.allCases {
            var expected = begun
            let end = Instant(milliseconds: 5)
            expected.stored(as: try #require(RecordingState.started.after(event)), ended: end)
            #expect(begun.after(event, at: end) == expected)
        }
    }
}
