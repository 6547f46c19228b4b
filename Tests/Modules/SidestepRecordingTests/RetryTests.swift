import SidestepModel
import SidestepRecording
import Testing

@Suite("A call that came to nothing")
struct RetryTests {
    private static let now = Instant(milliseconds: 784_111_777_000)

    private func pause(
        _ outcome: UpstreamRetries.Outcome, limit: Int = 9, made: Int = 0, chance: Double = 0
    ) -> Int64? {
        UpstreamRetries(limit).pause(after: outcome, made: made, now: Self.now, chance: chance)
    }

    private func answered(_ status: Int, _ headers: (name: String, value: String)...)
        -> UpstreamRetries.Outcome
    {
        .answered(status: status, headers: headers)
    }

    @Test("is sent again when nothing was sent, or the error passes by itself, and as often as was said")
    func errors() {
        for status in [408, 409, 429, 500, 502, 503, 529] { #expect(pause(answered(status)) == 500) }
        for status in [200, 201, 301, 400, 401, 402, 403, 404, 413, 422] {
            #expect(pause(answered(status)) == nil)
        }
        #expect(pause(.unreached) == 500)
        #expect(pause(.unreached, limit: 0) == nil)
        #expect(pause(.unreached, limit: 3, made: 2) == 2000)
        #expect(pause(.unreached, limit: 3, made: 3) == nil)
    }

    @Test("waits longer each time up to eight seconds, and not as long as all the others")
    func pauses() {
        #expect(
            (0..<9).map { pause(.unreached, made: $0) } == [
                500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000,
            ])
        #expect(pause(.unreached, limit: .max, made: 1_000_000) == 8000)
        #expect(pause(.unreached, made: 2, chance: 1) == 1500)
    }

    @Test(
        "waits as long as the provider says, and is handed on where that is longer than a minute",
        arguments: [
            ("retry-after", "2", 2000), ("Retry-After", " 0.25 ", 250), ("retry-after-ms", "40", 40),
            ("retry-after", "60", 60_000), ("retry-after", "61", nil), ("retry-after-ms", "1e300", nil),
            ("retry-after", "Sun, 06 Nov 1994 08:49:57 GMT", 20_000),
            ("retry-after", "Sun, 06 Nov 1994 08:49:07 GMT", 0),
            ("retry-after", "Mon, 07 Nov 1994 08:49:37 GMT", nil), ("retry-after", "soon", 500),
            ("retry-after", "-3", 500), ("retry-after", "nan", 500),
            ("retry-after", "Sun, 06 Nov 99999 08:49:57 GMT", 500),
            ("retry-after", "Sun, 06 Abc 1994 08:49:57 GMT", 500),
        ] as [(String, String, Int64?)])
    func asked(name: String, value: String, expected: Int64?) {
        #expect(pause(answered(429, (name, value))) == expected)
        #expect(pause(answered(503, (name, value)), chance: 1) == (expected == 500 ? 375 : expected))
    }

    @Test("is what the provider says it is")
    func told() {
        #expect(pause(answered(500, ("X-Should-Retry", "false"))) == nil)
        #expect(pause(answered(400, ("x-should-retry", "true"))) == 500)
    }
}
