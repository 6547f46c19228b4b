import SidestepModel
import Testing

@Suite struct BreakerTests {
    private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

    @Test("it opens at the last failure in a row that is allowed, and not before")
    func opens() {
        var breaker = Breaker(maxFailures: 3, cooldownMilliseconds: 100)
        for _ in 0..<2 { breaker.failed(isProbe: false, at: at(0)) }
        #expect(breaker.admit(at: at(1)) == .allowed)
        breaker.failed(isProbe: false, at: at(1))
        #expect(breaker.admit(at: at(1)) == .refused(retryAfterMilliseconds: 100))
    }

    @Test("a success in between starts the count again")
    func success() {
        var breaker = Breaker(maxFailures: 2, cooldownMilliseconds: 100)
        breaker.failed(isProbe: false, at: at(0))
        breaker.succeeded()
        breaker.failed(isProbe: false, at: at(0))
        #expect(breaker.state == .closed)
    }

    @Test("after the cooldown one probe is let through, and only one")
    func oneProbe() {
        var breaker = opened()
        #expect(breaker.admit(at: at(99)) == .refused(retryAfterMilliseconds: 1))
        #expect(breaker.admit(at: at(100)) == .probe)
        if case .refused = breaker.admit(at: at(100)) {} else { Issue.record("a second probe") }
    }

    @Test("the probe decides: success closes, failure opens for another cooldown, death lets another one try")
    func probe() {
        var closes = opened()
        _ = closes.admit(at: at(100))
        closes.succeeded()
        #expect(closes.admit(at: at(100)) == .allowed)
        var opens = opened()
        _ = opens.admit(at: at(100))
        opens.failed(isProbe: true, at: at(150))
        #expect(opens.admit(at: at(200)) == .refused(retryAfterMilliseconds: 50))
        var lost = opened()
        _ = lost.admit(at: at(100))
        lost.probeLost()
        #expect(lost.admit(at: at(101)) == .probe)
    }

    @Test("calls from before it opened change nothing")
    func lateCalls() {
        var breaker = opened()
        breaker.succeeded()
        #expect(breaker.state == .open)
        _ = breaker.admit(at: at(100))
        breaker.failed(isProbe: false, at: at(100))
        #expect(breaker.state == .halfOpen)
    }

    private func opened() -> Breaker {
        var breaker = Breaker(maxFailures: 1, cooldownMilliseconds: 100)
        breaker.failed(isProbe: false, at: at(0))
        return breaker
    }
}

@Suite struct TokenBucketTests {
    private let rate = Rate(count: 2, milliseconds: 1000, burst: 3)

    @Test("a quiet bucket lets the burst through and then one per interval")
    func burst() {
        var bucket = TokenBucket()
        let now = Instant(milliseconds: 1_000_000)
        for _ in 0..<3 { #expect(bucket.take(rate, at: now) == nil) }
        #expect(bucket.take(rate, at: now) == now.advanced(byMilliseconds: 500))
        #expect(bucket.take(rate, at: now.advanced(byMilliseconds: 499)) != nil)
        #expect(bucket.take(rate, at: now.advanced(byMilliseconds: 500)) == nil)
        #expect(bucket.take(rate, at: now.advanced(byMilliseconds: 500)) != nil)
    }

    @Test("over any long time no more pass than the rate and one burst")
    func longRun() {
        var bucket = TokenBucket()
        var passed = 0
        for step in 0..<10_000 {
            let now = Instant(milliseconds: 1_000_000 + Int64(step) * 10)
            if bucket.take(rate, at: now) == nil { passed += 1 }
        }
        #expect(passed <= 200 + 3 && passed >= 200)
    }

    @Test("a clock that is set back gives nothing away")
    func clockSetBack() {
        var bucket = TokenBucket()
        let now = Instant(milliseconds: 1_000_000)
        for _ in 0..<3 { _ = bucket.take(rate, at: now) }
        #expect(bucket.take(rate, at: Instant(milliseconds: 10)) != nil)
    }
}
