import SidestepModel
import SidestepProtocol
import SidestepStore

extension StoreTransaction {
    /// Puts an emitted event on its way to the webhooks that want it.
    func deliver(_ event: EventRecord, of run: RunRecord?, _ call: inout CallContext) throws {
        try deliver(event.name, event.sequence, to: event.userID, &call) { writer in
            writer.instant("at", event.at)
            writer.member("run", run?.id)
            writer.member("event_id", event.eventID)
            writer.member("value", event.value.map(RawJSON.init(validated:)))
        }
    }

    /// Puts a change of a run on its way to the webhooks that want it.
    func deliver(_ entry: JournalEntry, of run: RunRecord, _ call: inout CallContext) throws {
        try deliver(entry.kind, entry.sequence, to: run.userID, &call) { writer in
            writer.instant("at", entry.at)
            writer.member("run", run.id)
            writer.member("workflow", run.workflow)
            writer.member("status", run.status.rawValue)
            writer.member("detail", entry.detail.map(RawJSON.init(validated:)))
        }
    }

    private func deliver(
        _ event: String, _ sequence: Int64, to user: UserID, _ call: inout CallContext,
        _ write: (inout JSONWriter) -> Void
    ) throws {
        for webhook in try webhooks(user: user) where webhook.events.contains(where: { $0.matches(event) }) {
            let id = Identifiers.delivery(at: call.now, random: call.environment.random)
            let body = detail { writer in
                writer.member("delivery", id)
                writer.member("webhook", webhook.name)
                writer.member("event", event)
                writer.member("sequence", sequence)
                write(&writer)
            }
            var delivery = DeliveryRecord(
                id: id, webhook: webhook.key, event: event, sequence: sequence, body: body, created: call.now,
                place: call.environment.place)
            let hasRoom = try call.environment.pendingRoom.take(webhook.key) {
                try pending(webhook: webhook.key, upTo: WebhookRecord.pendingLimit)
            }
            if !hasRoom {
                call.after(.roomFull(webhook: webhook.key))
                delivery.die(
                    "\(WebhookRecord.pendingLimit) deliveries wait already, which is the limit", call.now)
            } else {
                call.after(.deliver(call.now))
            }
            try insertDelivery(delivery)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func instant(_ name: String, _ instant: Instant) {
        member(name, instant.milliseconds)
    }
}

extension DeliveryRecord {
    mutating func die(_ problem: String, _ now: Instant) {
        status = .dead
        nextAttempt = nil
        finished = now
        self.problem = problem
    }
}

/// What came of one attempt to deliver.
public struct DeliveryOutcome: Sendable {
    /// The receiver's answer, if there was one.
    public var httpStatus: Int64?
    /// Why it failed; nil when the receiver took it.
    public var problem: String?
    /// What the receiver asked for.
    public var retryAfterMilliseconds: Int64?
    /// Whether no attempt is made any more: the operator does not allow it.
    public var isFinal: Bool

    /// Made by the carrier, once for each letter: `problem` nil says that the receiver answered 200 to 299.
    public init(
        httpStatus: Int64? = nil, problem: String?, retryAfterMilliseconds: Int64? = nil,
        isFinal: Bool = false
    ) {
        self.httpStatus = httpStatus
        self.problem = problem
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.isFinal = isFinal
    }
}

/// Records what came of an attempt: delivered, to be tried again, or dead.
struct SettleDelivery: Command {
    let delivery: Int64
    let outcome: DeliveryOutcome

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        // Gone with its webhook meanwhile.
        guard var delivery = try store.delivery(key: delivery),
            let webhook = try store.webhook(key: delivery.webhook)
        else { return }
        delivery.attempts += 1
        delivery.httpStatus = outcome.httpStatus
        delivery.problem = outcome.problem
        if let problem = outcome.problem {
            let cause = AttemptError(retryAfterMilliseconds: outcome.retryAfterMilliseconds)
            let delay = webhook.retry.delay(
                afterFailures: delivery.attempts, error: cause, fraction: call.environment.random.fraction())
            let notice = Notice(delay == nil || outcome.isFinal ? .webhookDead : .webhookFailed)
                .with(.webhook, webhook.name).with(.user, webhook.userID).with(.delivery, delivery.id)
                .with(.attempts, delivery.attempts).with(.status, outcome.httpStatus).with(.problem, problem)
            call.tell(notice)
            if let delay, !outcome.isFinal {
                let next = call.now.advanced(byMilliseconds: delay)
                delivery.nextAttempt = next
                call.after(.deliver(next))
            } else {
                delivery.die(problem, call.now)
            }
        } else {
            delivery.status = .delivered
            delivery.nextAttempt = nil
            delivery.finished = call.now
            try store.forgetDeliveries(
                finishedBefore: call.now.advanced(byMilliseconds: -WebhookRecord.keptMilliseconds))
        }
        try store.updateDelivery(delivery)
        if delivery.status != .pending { call.after(.roomChanged(webhook: webhook.key)) }
    }
}
