import SidestepEngine
import SidestepModel
import SidestepStore
import Synchronization
import TestSupport
import Testing

/// Which deliveries there are and when they are tried, on a clock that the test moves.
/// What goes over the network, Tests/BlackBox/Daemon/test_webhooks.py shows.
@Suite struct WebhookTests {
    /// Takes letters and answers as it is told.
    private final class Receiver: LetterCarrying {
        let letters = Mutex<[String]>([])
        let answer: DeliveryOutcome

        init(_ answer: DeliveryOutcome) { self.answer = answer }

        func carry(_ letter: Letter, then done: @escaping @Sendable (DeliveryOutcome) -> Void) {
            letters.withLock { $0.append(letter.delivery.id) }
            done(answer)
        }
    }

    @Test("a user has a hundred webhooks and not one more")
    func limit() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            for number in 1...100 { _ = try bench.daemon.call(put("w\(number)"), by: client).get() }
            let refused = bench.daemon.call(put("w101"), by: client)
            #expect(kind(refused) == .limitExceeded)
            #expect(kind(bench.daemon.call(put("w100"), by: client)) == nil)
            #expect(kind(bench.daemon.call(put("w101"), by: bench.daemon.connect(uid: 2000))) == nil)
        }
    }

    @Test("past ten thousand pending deliveries further ones are dead at once")
    func pending() throws {
        try EngineBench.with { bench throws in
            let client = bench.daemon.connect()
            _ = try bench.daemon.call(put("w"), by: client).get()
            _ = try bench.daemon.call(Fill(count: WebhookRecord.pendingLimit - 1), by: client).get()
            _ = try bench.daemon.call(EmitEvent(event: "e"), by: client).get()
            #expect(try deliveries(bench, client, .dead).isEmpty)
            _ = try bench.daemon.call(EmitEvent(event: "e"), by: client).get()
            let dead = try deliveries(bench, client, .dead)
            #expect(dead.count == 1 && dead[0].problem?.contains("10000") == true)
        }
    }

    @Test("only an administrator names a credential")
    func secrets() throws {
        try EngineBench.with { bench throws in
            var put = put("w")
            put.secret = "key"
            #expect(kind(bench.daemon.call(put, by: bench.daemon.connect(uid: 1000))) == .notPermitted)
            #expect(kind(bench.daemon.call(put, by: bench.daemon.connect(uid: 0))) == nil)
        }
    }

    @Test("events of another user are not delivered")
    func users() throws {
        try EngineBench.with { bench throws in
            let (one, two) = (bench.daemon.connect(uid: 1000), bench.daemon.connect(uid: 2000))
            _ = try bench.daemon.call(put("w"), by: one).get()
            _ = try bench.daemon.call(EmitEvent(event: "e"), by: two).get()
            try bench.enqueue("r", by: two)
            #expect(try deliveries(bench, one, nil).isEmpty)
            #expect(kind(bench.daemon.call(DeleteWebhook(name: "w"), by: two)) == nil)
            #expect(try bench.daemon.query(ListWebhooks(), by: one).count == 1)
        }
    }

    @Test("attempts are made after growing delays, over restarts, until they are used up")
    func attempts() throws {
        try EngineBench.with { bench throws in
            let receiver = Receiver(DeliveryOutcome(httpStatus: 500, problem: "no"))
            var client = bench.daemon.connect()
            connect(bench, receiver)
            var put = put("w")
            put.maxAttempts = 4
            _ = try bench.daemon.call(put, by: client).get()
            _ = try bench.daemon.call(EmitEvent(event: "e"), by: client).get()
            try settle(bench) { receiver.letters.withLock { $0.count } == 1 }
            bench.daemon.loop.advance(850)
            try settle(bench) { true }
            #expect(receiver.letters.withLock { $0.count } == 1)
            bench.daemon.loop.advance(300)
            try settle(bench) { receiver.letters.withLock { $0.count } == 2 }
            try bench.daemon.restart()
            client = bench.daemon.reconnect(client)
            connect(bench, receiver)
            for wanted in 3...4 {
                bench.daemon.loop.advance(11_000)
                try settle(bench) { receiver.letters.withLock { $0.count } == wanted }
            }
            let dead = try deliveries(bench, client, .dead)
            #expect(dead.map(\.attempts) == [4])
            #expect(Set(receiver.letters.withLock { $0 }).count == 1)
        }
    }

    // MARK: Support

    /// Deliveries that wait, as many events would leave them.
    private struct Fill: Command {
        let count: Int

        func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
            let webhook = try #require(try store.webhooks(user: nil).first)
            for number in 0..<count {
                try store.insertDelivery(
                    DeliveryRecord(
                        id: "\(number)", webhook: webhook.key, event: "e", sequence: 1,
                        body: Payload(text: "{}"),
                        created: call.now))
            }
        }
    }

    private func put(_ name: String) -> PutWebhook {
        PutWebhook(name: name, url: "http://127.0.0.1:9/", events: [NamePattern("*")])
    }

    private func deliveries(
        _ bench: EngineBench, _ client: TestClient, _ status: DeliveryStatus?
    ) throws -> [DeliveryRecord] {
        let list = ListDeliveries(webhook: nil, status: status, before: nil, limit: 100)
        return try bench.daemon.query(list, by: client).items.map(\.delivery)
    }

    private func connect(_ bench: EngineBench, _ receiver: Receiver) {
        let coordinator = bench.daemon.coordinator
        coordinator.courier = Courier(coordinator: coordinator, carrier: receiver)
        coordinator.clockWasSet()
        bench.daemon.loop.turn()
    }

    /// Lets readers and loop hand over to each other until it is so.
    private func settle(_ bench: EngineBench, _ isSo: () -> Bool) throws {
        for _ in 0..<1000 {
            // A read of our own comes behind those that were asked for before.
            _ = try bench.daemon.read { try $0.lastLook() }
            bench.daemon.loop.turn()
            if isSo() { return }
        }
        Issue.record("it did not become so")
    }
}

extension StoreReader {
    fileprivate func lastLook() throws -> Int { try webhooks(user: nil).count }
}
