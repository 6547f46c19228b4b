import SidestepModel
import SidestepStore

/// Something to be sent to a webhook.
public struct Letter: Sendable {
    /// Where it goes, as the webhook says now: a changed address holds for deliveries that wait, too.
    public var url: String
    /// What is sent, with its body and the number of attempts before this one.
    public var delivery: DeliveryRecord
    /// The name of the credential that signs it.
    public var secret: String?
    /// Further headers, an object of strings; nil for none.
    public var headers: Payload?
    let user: UserKey

    init(_ webhook: WebhookRecord, _ delivery: DeliveryRecord) {
        url = webhook.url
        self.delivery = delivery
        secret = webhook.secret
        headers = webhook.headers
        user = UserKey(webhook.userID)
    }
}

/// What carries letters to their receivers; one letter at a time may take long, many may be under way.
public protocol LetterCarrying: Sendable {
    /// Tells once, on any thread, what came of it.
    func carry(_ letter: Letter, then done: @escaping @Sendable (DeliveryOutcome) -> Void)
}

/// Takes deliveries to webhooks: at least once, each until its receiver takes it or its attempts are used up.
///
/// What is to be sent stands in the database; this holds only what is under way. Unchecked: all state is
/// touched on
/// the loop.
public final class Courier: @unchecked Sendable {
    /// Letters under way at once: of one webhook, so that a slow receiver does not hold up the others, of one
    /// user, and in all.
    static let perWebhook = 4
    static let ofUser = Slots.Bounds(count: 32)
    static let ofAll = Slots.Bounds(count: 48)

    private let coordinator: Coordinator
    private let carrier: any LetterCarrying
    /// Their webhooks and users, by delivery.
    private var underWay: [Int64: (webhook: Int64, user: UserKey)] = [:]
    private var slots = Slots(ofUser: ofUser, ofAll: ofAll)
    /// Webhooks whose last delivery was not taken; on the loop.
    public private(set) var failing: Set<Int64> = []
    private var timer: (at: Instant, timer: any LoopTimer)?
    private var isLooking = false
    private var mustLookAgain = false
    private var isStopped = false

    /// Made once by the daemon and put where commits find it: `Coordinator.courier`.
    public init(coordinator: Coordinator, carrier: any LetterCarrying) {
        self.coordinator = coordinator
        self.carrier = carrier
    }

    /// Sends nothing more; what is under way is sent again after the next start.
    public func stop() { isStopped = true }

    /// Makes sure that what is due at `at` is sent then.
    func wake(_ at: Instant) {
        let now = coordinator.environment.clock.now()
        if at <= now { return look() }
        if let timer, timer.at <= at { return }
        timer?.timer.cancel()
        let fire: @Sendable () -> Void = { [weak self] in
            self?.timer = nil
            self?.look()
        }
        timer = (at, coordinator.loop.schedule(afterMilliseconds: at.milliseconds(since: now), fire))
    }

    /// Reads what is due and sends it.
    private func look() {
        if isStopped { return }
        if isLooking { return mustLookAgain = true }
        isLooking = true
        let (busy, context) = (underWay.mapValues(\.webhook), coordinator.daemonContext)
        coordinator.read(context) { store, context in
            try Found(store, context, busy)
        } reply: { result in
            self.isLooking = false
            guard case .success(let found) = result else {
                return self.wake(context.now.advanced(byMilliseconds: 500))
            }
            self.failing.formIntersection(found.webhooks)
            self.send(found.letters)
            if let next = found.next { self.wake(next) }
            if self.mustLookAgain {
                self.mustLookAgain = false
                self.look()
            }
        }
    }

    /// Sends as many as there is room for, of all users in turn.
    private func send(_ letters: [Letter]) {
        var waiting = FairQueue<Letter>()
        for letter in letters { waiting.append(letter, of: letter.user) }
        while let letter = waiting.popFirst(where: { slots.admits($0) }) { send(letter) }
    }

    private func send(_ letter: Letter) {
        guard underWay[letter.delivery.key] == nil else { return }
        underWay[letter.delivery.key] = (letter.delivery.webhook, letter.user)
        slots.take(letter.user)
        let loop = coordinator.loop
        carrier.carry(letter) { outcome in
            loop.run { self.settle(letter.delivery.key, letter.delivery.webhook, outcome) }
        }
    }

    private func settle(_ delivery: Int64, _ webhook: Int64, _ outcome: DeliveryOutcome) {
        if outcome.problem == nil { failing.remove(webhook) } else { failing.insert(webhook) }
        coordinator.perform(SettleDelivery(delivery: delivery, outcome: outcome)) { [self] in
            if let sent = underWay.removeValue(forKey: delivery) { slots.giveBack(sent.user) }
            look()
        }
    }

    /// What a look has found.
    private struct Found: Sendable {
        var letters: [Letter] = []
        /// Those that are not paused.
        var webhooks: Set<Int64> = []
        /// When to look again for what is not due yet.
        var next: Instant?

        /// - Parameter busy: the webhooks of deliveries that are under way.
        init(_ store: any StoreReader, _ call: CallContext, _ busy: [Int64: Int64]) throws {
            let place = call.environment.place
            for webhook in try store.webhooks(user: nil) where !webhook.isPaused {
                webhooks.insert(webhook.key)
                let sent = busy.filter { $0.value == webhook.key }
                let due = try store.deliveries(
                    of: webhook.key, place: place, dueAt: call.now, limit: Courier.perWebhook + sent.count)
                let new = due.filter { sent[$0.key] == nil }.prefix(max(0, Courier.perWebhook - sent.count))
                letters += new.map { Letter(webhook, $0) }
                // What is due now and not sent comes when one of those under way is settled.
                if due.isEmpty, let time = try store.nextDelivery(of: webhook.key, place: place) {
                    next = min(next ?? time, time)
                }
            }
        }
    }
}
