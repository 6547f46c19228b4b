import SidestepModel
import Testing

@Suite struct StateMachineTests {
    @Test("a closed run leaves its status only by being reopened, a completed one never")
    func closedRuns() {
        for status in RunStatus.allCases where status.isClosed {
            for event in RunEvent.allCases {
                let expected: RunStatus? = event == .reopened && status != .completed ? .queued : nil
                #expect(status.after(event) == expected, "\(status) \(event)")
            }
        }
    }

    @Test("only an owned run completes, fails, is released, interrupted or taken over")
    func ownersActs() {
        for status in RunStatus.allCases {
            for event in [RunEvent.completed, .failed, .released, .interrupted, .takenOver] {
                #expect((status.after(event) != nil) == (status == .running), "\(status) \(event)")
            }
        }
    }

    @Test("a paused run is granted to nobody")
    func pausedRuns() {
        #expect(RunStatus.paused.after(.granted) == nil)
        #expect(RunStatus.paused.after(.unpaused) == .queued)
    }

    @Test("a finished step changes only if its failure is forgotten, or it took a signal that nobody saw")
    func finishedSteps() {
        for status in StepStatus.allCases where status.isFinished {
            for event in StepEvent.allCases where event != .unseenGivenBack && event != .forgotten {
                #expect(status.after(event) == nil, "\(status) \(event)")
            }
        }
        #expect(StepStatus.completed.after(.forgotten) == nil)
        #expect(StepStatus.failed.after(.forgotten) == .backoff)
        #expect(StepStatus.completed.after(.unseenGivenBack) == .backoff)
        #expect(StepStatus.failed.after(.unseenGivenBack) == nil)
    }

    @Test("an unknown step never begins again by itself")
    func unknownSteps() {
        #expect(StepStatus.unknown.after(.begun) == nil)
        #expect(StepStatus.unknown.after(.interrupted) == nil)
        #expect(StepStatus.unknown.after(.resolvedRerun) == .backoff)
    }
}

@Suite struct RetryPolicyTests {
    private let failed = AttemptError()

    @Test("delays double up to the maximum, and attempts are counted")
    func exponential() {
        var policy = RetryPolicy()
        policy.maxAttempts = 6
        policy.initialMilliseconds = 100
        policy.maxMilliseconds = 500
        let delays = (1...6).map { policy.delay(afterFailures: $0, error: failed, fraction: 0.5) }
        #expect(delays == [100, 200, 400, 500, 500, nil])
    }

    @Test("listed delays replace computed ones, and the last repeats")
    func listed() {
        var policy = RetryPolicy()
        policy.maxAttempts = 0
        policy.delaysMilliseconds = [5, 7]
        policy.jitter = 0
        #expect((1...4).map { policy.delay(afterFailures: $0, error: failed, fraction: 0) } == [5, 7, 7, 7])
    }

    @Test("what the outside service asked for wins over the policy's delay")
    func retryAfter() {
        let error = AttemptError(retryAfterMilliseconds: 12_345)
        #expect(RetryPolicy().delay(afterFailures: 1, error: error, fraction: 0) == 12_345)
    }

    @Test("fail_on wins over retry_on, and a permanent error is never retried")
    func types() {
        var policy = RetryPolicy()
        policy.retryOn = ["IOError"]
        policy.failOn = ["Fatal"]
        #expect(
            policy.delay(afterFailures: 1, error: AttemptError(types: ["Timeout", "IOError"]), fraction: 0)
                != nil)
        #expect(
            policy.delay(afterFailures: 1, error: AttemptError(types: ["ValueError"]), fraction: 0) == nil)
        #expect(
            policy.delay(afterFailures: 1, error: AttemptError(types: ["Fatal", "IOError"]), fraction: 0)
                == nil)
        #expect(
            policy.delay(
                afterFailures: 1, error: AttemptError(types: ["IOError"], retryable: false), fraction: 0)
                == nil)
    }

    @Test("jitter stays within its fraction, and the largest numbers do not overflow")
    func extremes() {
        var policy = RetryPolicy()
        policy.maxAttempts = 0
        policy.initialMilliseconds = 3_155_760_000_000
        policy.maxMilliseconds = 3_155_760_000_000
        policy.factor = 1000
        policy.jitter = 1
        let low = policy.delay(afterFailures: .max, error: failed, fraction: 0)
        let high = policy.delay(afterFailures: .max, error: failed, fraction: 0.999999)
        #expect(low == 0)
        #expect(high! > 3_155_760_000_000)
    }
}

@Suite struct ValueTests {
    @Test("a lease's text comes back, and nothing else is one")
    func leases() {
        let lease = LeaseText(runKey: 12, epoch: 3, secret: String(repeating: "a", count: 32))
        #expect(LeaseText(lease.text) == lease)
        for text in [
            "", "l1.1.2", "l1.x.2." + lease.secret, "l2.1.2." + lease.secret, lease.text + "b",
            "l1.1.2.short",
        ] {
            #expect(LeaseText(text) == nil, "\(text)")
        }
    }

    @Test("run ids sort by their time")
    func sortableIDs() {
        struct Zero: RandomSource {
            func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 255, count: count) }
        }
        let ids = [1, 1_700_000_000_000, 1_700_000_000_001, 253_402_300_799_999].map {
            Identifiers.run(at: Instant(milliseconds: $0), random: Zero())
        }
        #expect(ids == ids.sorted())
        #expect(ids.allSatisfy { $0.count == 26 })
    }

    @Test("moments saturate where clients' numbers would overflow")
    func instants() {
        let late = Instant(milliseconds: .max)
        #expect(late.advanced(byMilliseconds: 1) == late)
        #expect(Instant(milliseconds: .min).milliseconds(since: late) == .min)
    }

    @Test("the earliest of several time-outs counts, and says which it is")
    func timeouts() {
        let start = Instant(milliseconds: 1000)
        let timeouts = Timeouts(startToClose: 50, scheduleToClose: 20, heartbeat: 30)
        let expiry = timeouts.expiry(
            firstBegun: start, begun: start, lastSign: start.advanced(byMilliseconds: 5))
        #expect(expiry?.at.milliseconds == 1020)
        #expect(expiry?.which == "schedule_to_close")
        #expect(Timeouts().expiry(firstBegun: start, begun: start, lastSign: start) == nil)
    }
}
