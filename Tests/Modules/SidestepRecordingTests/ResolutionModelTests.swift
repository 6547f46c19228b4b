import SidestepRecording
import Testing

/// Random programs of calls beside a model that looks at everything anew each time.
@Suite("Random programs")
struct ResolutionModelTests {
    /// Programs of each test.
    private static let programs = 125

    @Test(
        "get no other key's answer, none twice in a start, pay for nothing twice, and book what was reported",
        arguments: 0..<8)
    func programs(part: Int) {
        for seed in 0..<Self.programs {
            var program = CallProgram(seed: part * Self.programs + seed)
            for _ in 0..<60 where program.wrong == nil { program.step() }
            program.end()
            #expect(program.wrong == nil, "seed \(part * Self.programs + seed)")
        }
    }
}

/// One program, and what it meets.
private struct CallProgram {
    /// A call at its provider.
    private struct Call {
        let reply: ProgramReply
        var observer: ReplyObserver
        var fed = 0
    }

    private static let keys = (0..<4).map { SidestepRecordingTests.keys("{\"messages\":[\"\($0)\"]}") }
    private static let askings: [[Resolution.Asking]] = keys.map { keys in
        (0..<3).map { retry in
            let headers = [(name: "x-stainless-retry-count", value: "\(retry)")]
            return Resolution.Asking(request("", headers: headers), keys: keys)
        }
    }

    /// What does not hold; nil as long as everything does.
    private(set) var wrong: String?
    private var resolution = Resolution()
    private var lost = LostTries()
    private var model = CallModel()
    private var dice: Dice
    private var calls: [Int: Call] = [:]
    /// Deliveries that others have taken the place of, or whose start is over.
    private var stale: [Resolution.Delivery] = []
    private var (booked, reported) = (Int64(0), Int64(0))
    /// What the present start asks for of each body, and the most that any start did: that is paid at least.
    private var asked: [Int: Int] = [:]
    private var wanted: [Int: Int] = [:]
    /// Calls that have no result.
    private var failed = 0

    init(seed: Int) { dice = Dice(UInt64(seed + 1)) }

    mutating func step() {
        switch Int.random(in: 0..<40, using: &dice) {
        case 0..<12: ask(Int.random(in: 0..<4, using: &dice), retry: 0)
        case 12..<16: ask(Int.random(in: 0..<4, using: &dice), retry: Int.random(in: 1...2, using: &dice))
        case 16..<28: feed()
        case 28..<34: deliver()
        case 34..<36: leave()
        case 36..<38: hearStale()
        case 38: restart()
        default: if Int.random(in: 0..<3, using: &dice) == 0 { replaceSupervisor() }
        }
        for (body, count) in asked { wanted[body] = max(wanted[body] ?? 0, count) }
        check(resolution.consumed.count == model.consumed.count, "consumed")
        check(resolution.frontier == model.frontier, "frontier")
    }

    /// What holds of the whole of it.
    mutating func end() {
        check(resolution.consumed == model.consumed, "consumed")
        check(booked == reported, "booked \(booked) of \(reported) tokens")
        check(lost.sum == model.paidTwice, "paid twice \(lost.sum) instead of \(model.paidTwice)")
        // As many calls as the start that asked most, of each body, and those without a result.
        check(model.count <= wanted.values.reduce(0, +) + failed, "paid \(model.count)")
    }

    private mutating func check(_ holds: Bool, _ text: String) {
        if !holds, wrong == nil { wrong = text }
    }

    // MARK: Requests

    private mutating func ask(_ body: Int, retry: Int) {
        let asking = Self.askings[body][retry]
        let right = model.answer(body, retry: retry)
        let expected = model.expected
        model.frontier = []
        switch resolution.resolve(asking) {
        case .replay(let delivery, let rung):
            check(model[Int(delivery.recording)].state == .completed, "replayed too early")
            follow(delivery, rung, right, body, retry)
        case .attach(let delivery, let rung):
            check(model[Int(delivery.recording)].state == .coming, "attached too late")
            follow(delivery, rung, right, body, retry)
        case .live(let found):
            check(right == nil, "paid, and \(right?.recording ?? 0) was there")
            check(found == expected, "expected \(found ?? 0) instead of \(expected ?? 0)")
            send(asking, body, retry)
        }
        if retry > 0, let excuses = model.excuses[body], excuses > 0 { model.excuses[body] = excuses - 1 }
    }

    private mutating func follow(
        _ delivery: Resolution.Delivery, _ rung: Rung, _ right: (recording: Int, takenFrom: Int?)?,
        _ body: Int,
        _ retry: Int
    ) {
        check(
            Int(delivery.recording) == right?.recording, "\(delivery.recording), not \(right?.recording ?? 0)"
        )
        check(
            rung == .exact && model[Int(delivery.recording)].body == body, "another key's answer")
        if let index = right?.takenFrom {
            stale.append(model.clients.remove(at: index).delivery)
        } else {
            asked[body, default: 0] += 1
        }
        model.clients.append(.init(body: body, retry: retry, delivery: delivery))
    }

    private mutating func send(_ asking: Resolution.Asking, _ body: Int, _ retry: Int) {
        asked[body, default: 0] += 1
        let number = model.add(body)
        model.history.append(.sent(number))
        let reply = ProgramReply(&dice)
        calls[number] = Call(
            reply: reply,
            observer: ReplyObserver(api: reply.api, status: 200, contentType: "text/event-stream"))
        lost.sent("\(body)", as: Int64(number))
        let delivery = resolution.began(recording: Int64(number), asking)
        model.clients.append(.init(body: body, retry: retry, delivery: delivery))
    }

    // MARK: Answers

    /// Some call gets the next bytes of its answer, or the end.
    private mutating func feed() {
        guard let number = model.coming.randomElement(using: &dice), var call = calls[number] else { return }
        let next = min(call.reply.stop, call.fed + Int.random(in: 1...200, using: &dice))
        call.observer.feed(call.reply.bytes[call.fed..<next])
        call.fed = next
        calls[number] = call
        if next == call.reply.stop { end(number, &call) }
    }

    private mutating func end(_ number: Int, _ call: inout Call) {
        let end = call.observer.finish(endedWell: call.reply.endsWell)
        let (usage, isReported) = call.observer.usage(requestBytes: 100)
        let said = call.reply.reported(by: call.fed)
        check((end == .complete) == call.reply.isWhole, "\(end)")
        check(isReported == (said != nil), "usage that is \(isReported ? "" : "not ")reported")
        let tokens = usage.input + usage.output
        if isReported { booked += tokens }
        reported += said.map { $0.input + $0.output } ?? 0
        model[number].tokens = end == .complete || isReported ? tokens : nil
        calls[number] = nil
        end == .complete ? complete(number, tokens) : fail(number, isReported ? tokens : nil)
    }

    private mutating func complete(_ number: Int, _ tokens: Int64) {
        model[number].state = .completed
        lost.completed(Int64(number), tokens: tokens)
        resolution.completed(recording: Int64(number), toolReferences: [])
    }

    private mutating func fail(_ number: Int, _ reported: Int64?) {
        let body = model[number].body
        model[number].state = .gone
        failed += 1
        if reported != nil {
            model.history.append(.lost(number))
            lost.add("\(body)", tokens: reported)
        }
        if let index = model.clients.firstIndex(where: { $0.recording == number }) {
            asked[body]! -= 1
            model.excuses[body, default: 0] += 1
            stale.append(model.clients.remove(at: index).delivery)
        }
        resolution.failed(recording: Int64(number))
    }

    // MARK: Clients

    private mutating func deliver() {
        let ready = model.clients.indices.filter {
            model[model.clients[$0].recording].state == .completed
        }
        guard let index = ready.randomElement(using: &dice) else { return }
        let delivery = model.clients.remove(at: index).delivery
        resolution.delivered(delivery)
        check(model.consumed.insert(delivery.recording).inserted, "an answer twice in a start")
        model.frontier.append(delivery.recording)
        stale.append(delivery)
    }

    private mutating func leave() {
        guard let index = model.clients.indices.randomElement(using: &dice) else { return }
        let client = model.clients.remove(at: index)
        asked[client.body]! -= 1
        resolution.broken(client.delivery)
        stale.append(client.delivery)
    }

    /// What a connection says that has nothing to say any more.
    private mutating func hearStale() {
        guard let delivery = stale.randomElement(using: &dice) else { return }
        if Bool.random(using: &dice) { resolution.delivered(delivery) } else { resolution.broken(delivery) }
    }

    // MARK: Starts

    private mutating func restart() {
        stale += model.clients.map(\.delivery)
        model.beginEpoch()
        asked = [:]
        resolution.newEpoch()
    }

    /// The supervisor is killed: what was coming may have been paid, and what is recorded is loaded by the next one.
    private mutating func replaceSupervisor() {
        for number in model.coming {
            model[number].state = .gone
            model.history.append(.lost(number))
            failed += 1
            lost.add("\(model[number].body)", tokens: nil)
            calls[number] = nil
        }
        restart()
        stale = []
        resolution = Resolution()
        for number in model.completed {
            resolution.load(
                recording: Int64(number), keys: Self.keys[model[number].body].texts,
                place: "POST openai /v1/chat/completions", toolReferences: [])
        }
    }
}
