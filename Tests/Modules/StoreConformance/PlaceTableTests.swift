import SidestepModel
import SidestepStore
import TestSupport
import Testing

/// What daemons that share a store have to do is asked for by each for itself.
@Suite struct PlaceTableTests {
    private static let now = Instant(milliseconds: 100)

    @Test("steps that a daemon executes are found by that daemon alone: under way, due and to come")
    func executions() throws {
        try withRun(epoch: 0) { store, run throws in
            for place in Int64(0)...1 {
                let running = try addStep("running-\(place)", .running, of: run, at: place, store)
                #expect(try store.runningExecutions(place: place).map(\.step.key) == [running])
                let waiting = try addStep("waiting-\(place)", .backoff, of: run, at: place, store)
                #expect(try store.nextExecution(place: place, after: Self.now) == nil)
                let due = try store.executions(place: place, dueAt: Self.now, after: nil, limit: 10)
                #expect(due.map(\.step) == [waiting])
                let before = Instant(milliseconds: 0)
                #expect(try store.nextExecution(place: place, after: before) == due[0].at)
            }
            #expect(try store.runningExecutions(place: 2).isEmpty)
            #expect(try store.executions(place: 2, dueAt: Self.now, after: nil, limit: 10).isEmpty)
            #expect(try store.nextExecution(place: 2, after: Instant(milliseconds: 0)) == nil)
        }
    }

    @Test("a delivery is sent by the daemon that made it")
    func deliveries() throws {
        try withRun(epoch: 0) { store, _ throws in
            let webhook = try store.insertWebhook(
                WebhookRecord(name: "w", userID: 1, url: "http://h/", events: [], now: Self.now))
            for place in Int64(0)...1 {
                try store.insertDelivery(
                    DeliveryRecord(
                        id: "\(place)", webhook: webhook, event: "e", sequence: 1, body: Payload(text: "{}"),
                        created: Self.now, place: place))
            }
            for place in Int64(0)...1 {
                let due = try store.deliveries(of: webhook, place: place, dueAt: Self.now, limit: 10)
                #expect(due.map(\.id) == ["\(place)"])
                #expect(try store.nextDelivery(of: webhook, place: place) == Self.now)
            }
            #expect(try store.nextDelivery(of: webhook, place: 2) == nil)
        }
    }

    /// - Returns: its key.
    private func addStep(
        _ name: String, _ status: StepStatus, of run: Int64, at place: Int64, _ store: any StoreTransaction
    ) throws -> Int64 {
        var step = StepRecord(run: run, name: name, now: Instant(milliseconds: 1), status: status)
        step.executor = .exec
        if status == .backoff { step.nextAttempt = Instant(milliseconds: 50) }
        try store.insertStep(StepOutcome(step: step, output: nil, error: nil), epoch: 0)
        let key = try #require(try store.step(run: run, name: name)).key
        try store.saveExecution(
            ExecutionRecord(
                step: key, spec: Payload(text: "{}"), demand: nil, weight: 0, token: name, place: place),
            run: run, epoch: 0)
        return key
    }
}
