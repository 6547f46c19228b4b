import SidestepRecording
import Testing

/// A run's recordings and how its programs ask for them.
private struct Run {
    var resolution = Resolution()
    var count: Int64 = 0
    var upstream = 0

    func asking(_ body: String, retry: Int = 0, key: String? = nil) -> Resolution.Asking {
        var headers = [("content-type", "application/json"), ("x-stainless-retry-count", "\(retry)")]
        if let key { headers.append(("Idempotency-Key", key)) }
        let request = request(body, headers: headers.map { (name: $0.0, value: $0.1) })
        return Resolution.Asking(request, keys: CallKeys(of: request, secret: secret))
    }

    /// Asks; a call that goes to the provider begins.
    mutating func ask(_ body: String, retry: Int = 0, key: String? = nil) -> (String, Resolution.Delivery) {
        let asking = asking(body, retry: retry, key: key)
        switch resolution.resolve(asking) {
        case .replay(let delivery, let rung): return ("replay \(delivery.recording) \(rung)", delivery)
        case .attach(let delivery, let rung): return ("attach \(delivery.recording) \(rung)", delivery)
        case .live(let expected):
            count += 1
            upstream += 1
            let text = "live" + (expected.map { " instead of \($0)" } ?? "")
            return (text, resolution.began(recording: count, asking))
        }
    }

    /// Asks, and the answer arrives whole.
    mutating func call(_ body: String, tools: [String] = []) -> String {
        let (text, delivery) = ask(body)
        resolution.completed(recording: delivery.recording, toolReferences: tools)
        resolution.delivered(delivery)
        return text
    }
}

@Suite("A request of an epoch")
struct ResolutionTests {
    private let a = #"{"messages":["a"]}"#
    private let b = #"{"messages":["b"]}"#

    @Test("is answered from the recording of an equal one, each once, in order")
    func replays() {
        var run = Run()
        #expect([a, b, a].map { run.call($0) } == ["live", "live", "live"])
        run.resolution.newEpoch()
        #expect([a, a, b].map { run.call($0) } == ["replay 1 exact", "replay 3 exact", "replay 2 exact"])
        #expect(run.call(a) == "live")
        #expect(run.upstream == 4)
    }

    @Test("that nobody recorded goes to the provider, and says what was expected")
    func diverges() {
        var run = Run()
        _ = run.call(a)
        _ = run.call(b)
        run.resolution.newEpoch()
        #expect(run.call(#"{"messages":["c"]}"#) == "live instead of 1")
        #expect(run.call(a) == "replay 1 exact")
        #expect(run.call(#"{"messages":["d"]}"#) == "live instead of 2")
    }

    @Test("is attached to a call in flight whose asker died")
    func attaches() {
        var run = Run()
        let (_, old) = run.ask(a)
        run.resolution.newEpoch()
        let (text, delivery) = run.ask(a)
        #expect(text == "attach 1 exact")
        // What the dead program's connection says does not matter any more.
        run.resolution.delivered(old)
        run.resolution.broken(old)
        #expect(run.ask(a).0 == "live")
        run.resolution.completed(recording: 1, toolReferences: [])
        run.resolution.delivered(delivery)
        #expect(run.resolution.consumed == [1])
    }

    @Test("that is the same as one that waits is a new sample")
    func samples() {
        var run = Run()
        #expect(run.ask(a).0 == "live")
        #expect(run.ask(a).0 == "live")
        for number in [1, 2] as [Int64] { run.resolution.completed(recording: number, toolReferences: []) }
        run.resolution.newEpoch()
        #expect(run.ask(a).0 == "replay 1 exact")
        #expect(run.ask(a).0 == "replay 2 exact")
        #expect(run.ask(a).0 == "live")
    }

    @Test("gets what its client left before it had all")
    func broken() {
        var run = Run()
        let (_, delivery) = run.ask(a)
        run.resolution.broken(delivery)
        let (text, second) = run.ask(a, retry: 1)
        #expect(text == "attach 1 exact")
        run.resolution.completed(recording: 1, toolReferences: [])
        run.resolution.broken(second)
        #expect(run.ask(a, retry: 2).0 == "replay 1 exact")
        #expect(run.upstream == 1)
    }

    @Test("again takes the place of the first, whose end nobody has seen yet")
    func retries() {
        var run = Run()
        let (_, first) = run.ask(a)
        #expect(run.ask(a, retry: 1).0 == "attach 1 exact")
        run.resolution.broken(first)
        #expect(run.ask(a).0 == "live")
        #expect(run.ask(b, retry: 1).0 == "live")
    }

    @Test("again after a failure takes nothing from an equal one that waits")
    func excused() {
        var run = Run()
        _ = run.ask(a)
        let (_, failing) = run.ask(a)
        run.resolution.failed(recording: failing.recording)
        #expect(run.ask(a, retry: 1).0 == "live")
        #expect(run.upstream == 3)
    }

    @Test("under a client's own key is the same request, even when its answer was there")
    func named() {
        var run = Run()
        let (_, first) = run.ask(a, key: "k1")
        #expect(run.ask(a, key: "k2").0 == "live")
        #expect(run.ask(a, key: "k1").0 == "attach 1 exact")
        run.resolution.completed(recording: 1, toolReferences: [])
        run.resolution.delivered(first)
        #expect(run.ask(a, key: "k1").0 == "replay 1 exact")
        #expect(run.ask(b, key: "k1").0 == "live")
        run.resolution.newEpoch()
        #expect(run.ask(a, key: "k2").0 == "replay 1 exact")
    }

    @Test("gets nothing of a call that failed or of an answer that was taken back")
    func gone() {
        var run = Run()
        run.resolution.failed(recording: run.ask(a).1.recording)
        #expect(run.call(a) == "live")
        run.resolution.superseded(recording: 2)
        run.resolution.newEpoch()
        #expect(run.call(a) == "live")
        #expect(run.upstream == 3)
    }

    @Test("with other volatile texts in a tool's result is answered if its ids come from this run")
    func guarded() {
        func body(_ id: String, _ result: String) -> String {
            #"{"messages":[{"role":"tool","tool_call_id":"\#(id)","content":"\#(result)"}]}"#
        }
        var run = Run()
        _ = run.call(a, tools: ["c1"])
        _ = run.call(body("c1", "took 1s"))
        _ = run.call(body("foreign", "took 1s"))
        run.resolution.newEpoch()
        #expect(run.call(body("c1", "took 2s")) == "replay 2 volatile")
        #expect(run.call(body("foreign", "took 2s")) == "live instead of 1")
        run.resolution.superseded(recording: 1)
        run.resolution.newEpoch()
        #expect(run.call(body("c1", "took 3s")) == "live instead of 2")
    }

    @Test("masked anywhere is answered only where one recording alone fits")
    func masked() {
        let options = KeyOptions(mask: .time)
        func asking(_ text: String) -> Resolution.Asking {
            let request = request(#"{"messages":["\#(text)"]}"#)
            return Resolution.Asking(request, keys: CallKeys(of: request, secret: secret, options: options))
        }
        var resolution = Resolution()
        for number in [1, 2] as [Int64] {
            _ = resolution.began(recording: number, asking("at 05:40:0\(number)"))
            resolution.completed(recording: number, toolReferences: [])
        }
        resolution.newEpoch()
        #expect(resolution.resolve(asking("at 05:41:00")) == .live(expected: 1))
        guard case .replay(let delivery, .exact) = resolution.resolve(asking("at 05:40:01")) else {
            Issue.record("the equal one was not found")
            return
        }
        resolution.delivered(delivery)
        guard case .replay(let other, .masked) = resolution.resolve(asking("at 05:41:00")) else {
            Issue.record("the last one was not found")
            return
        }
        #expect(other.recording == 2)
    }

    @Test("leaves a frontier: what came after the last request")
    func frontier() {
        var run = Run()
        _ = run.call(a)
        #expect(run.resolution.frontier == [1])
        let (_, one) = run.ask(b)
        let (_, other) = run.ask(b)
        #expect(run.resolution.frontier == [])
        for delivery in [one, other] {
            run.resolution.completed(recording: delivery.recording, toolReferences: [])
            run.resolution.delivered(delivery)
        }
        #expect(run.resolution.frontier == [2, 3])
        run.resolution.newEpoch()
        #expect(run.resolution.frontier == [])
    }

    @Test("of a thousand is found at once, also among equal ones")
    func many() {
        var run = Run()
        let bodies = (0..<1000).map { #"{"messages":["\#($0 % 500)"]}"# }
        for body in bodies { _ = run.call(body) }
        run.resolution.newEpoch()
        let start = ContinuousClock.now
        for body in bodies { #expect(run.call(body).hasPrefix("replay")) }
        print("1,000 requests keyed and resolved in", ContinuousClock.now - start)
        #expect(run.upstream == 1000)
    }
}

@Suite("An answer that kills its program")
struct PoisonEscapeTests {
    @Test("is drawn again after two ends that were alike")
    func escape() {
        var escape = PoisonEscape()
        #expect(escape.ended(badly: true, progressed: true, consumed: [1], frontier: [1]) == [])
        #expect(escape.ended(badly: true, progressed: false, consumed: [1], frontier: [1]) == [])
        #expect(escape.ended(badly: true, progressed: false, consumed: [1], frontier: [1]) == [1])
        #expect(escape.used == 1)
        #expect(escape.ended(badly: true, progressed: true, consumed: [2], frontier: [2]) == [])
    }

    @Test("is kept when the ends differ, when there was progress, or when nothing was wrong")
    func kept() {
        var escape = PoisonEscape()
        for set in [[1], [1, 2], [1]] as [Set<Int64>] {
            #expect(escape.ended(badly: true, progressed: false, consumed: set, frontier: [1]) == [])
        }
        #expect(escape.ended(badly: false, progressed: false, consumed: [1], frontier: [1]) == [])
        #expect(escape.ended(badly: true, progressed: false, consumed: [1], frontier: [1]) == [])
        #expect(escape.ended(badly: true, progressed: true, consumed: [1], frontier: [1]) == [])
        #expect(escape.ended(badly: true, progressed: false, consumed: [1], frontier: [1]) == [])
        #expect(escape.ended(badly: true, progressed: false, consumed: [1], frontier: []) == [])
    }

    @Test("is drawn again no more often than a run may, and never where that is switched off")
    func limit() {
        var escape = PoisonEscape(limit: 2, used: 1)
        let ends = (0..<8).map { _ in
            escape.ended(badly: true, progressed: false, consumed: [1], frontier: [1])
        }
        #expect(ends.filter { !$0.isEmpty }.count == 1)
        var never = PoisonEscape(limit: 0)
        for _ in 0..<5 {
            #expect(never.ended(badly: true, progressed: false, consumed: [1], frontier: [1]) == [])
        }
    }
}
