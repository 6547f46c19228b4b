import SidestepModel
import Testing

@Suite("A log that is throttled")
struct LogThrottleTests {
    @Test("tells of each kind once in a span, and how many were left out")
    func spans() {
        var throttle = LogThrottle<String>(spanMilliseconds: 100)
        func at(_ time: Int64, _ kind: String = "a") -> Int? {
            throttle.admit(kind, at: Instant(milliseconds: time))
        }
        #expect(at(1000) == 0)
        #expect(at(1050) == nil)
        #expect(at(1099) == nil)
        #expect(at(1050, "b") == 0)
        #expect(at(1100) == 2)
        #expect(at(1101) == nil)
        #expect(at(1300) == 1)
    }

    @Test("goes on when somebody sets the clock back")
    func clock() {
        var throttle = LogThrottle<String>(spanMilliseconds: 100)
        #expect(throttle.admit("a", at: Instant(milliseconds: 1000)) == 0)
        #expect(throttle.admit("a", at: Instant(milliseconds: 10)) == 0)
    }
}
