import SidestepModel

/// Which deliveries a list shows; nil does not restrict.
public struct DeliveryFilter: Sendable {
    /// The webhooks looked at.
    public var webhooks: [Int64]
    /// Only deliveries that stand so; `dead` lists the dead letters.
    public var status: DeliveryStatus?
    /// Only deliveries older than this key.
    public var before: Int64?
    /// How many a page has at most.
    public var limit = 100

    /// All deliveries of these webhooks.
    public init(webhooks: [Int64]) { self.webhooks = webhooks }
}

/// Looks at webhooks and at what is on its way to them: the tables `webhook` and `delivery`.
public protocol WebhookReading: AnyObject {
    /// A webhook by the store's own number; nil when it was deleted.
    func webhook(key: Int64) throws(Failure) -> WebhookRecord?
    /// The user's webhook of this name.
    func webhook(user: UserID, name: String) throws(Failure) -> WebhookRecord?
    /// In the order of names; `user` nil shows all, oldest first.
    func webhooks(user: UserID?) throws(Failure) -> [WebhookRecord]
    /// A delivery by its id, of whichever webhook: whether the caller may see it, he looks himself.
    func delivery(id: String) throws(Failure) -> DeliveryRecord?
    /// A delivery by the store's own number, with its body; nil when it went with its webhook.
    func delivery(key: Int64) throws(Failure) -> DeliveryRecord?
    /// Newest first, without their bodies.
    func deliveries(_ filter: DeliveryFilter) throws(Failure) -> Page<DeliveryRecord>
    /// Deliveries of a webhook whose attempt is due, oldest first.
    func deliveries(
        of webhook: Int64, place: Int64, dueAt now: Instant, limit: Int
    ) throws(Failure) -> [DeliveryRecord]
    /// When the next attempt of a webhook's deliveries is due.
    func nextDelivery(of webhook: Int64, place: Int64) throws(Failure) -> Instant?
    /// How many pending deliveries a webhook has, counted up to a number.
    func pending(webhook: Int64, upTo count: Int) throws(Failure) -> Int
}

/// Writes webhooks and deliveries; a delivery is added in the commit of its event.
public protocol WebhookWriting: WebhookReading {
    /// Adds a webhook; returns its key.
    func insertWebhook(_ webhook: WebhookRecord) throws(Failure) -> Int64
    /// Writes everything but the key, the name and the user.
    func updateWebhook(_ webhook: WebhookRecord) throws(Failure)
    /// Takes a webhook out of everybody's sight; it is deleted with its deliveries as a chore.
    func hideWebhook(key: Int64) throws(Failure)
    /// Adds a delivery; one that is dead from the beginning as well.
    func insertDelivery(_ delivery: DeliveryRecord) throws(Failure)
    /// Writes what became of an attempt, or sends the delivery again.
    func updateDelivery(_ delivery: DeliveryRecord) throws(Failure)
    /// Removes some of the deliveries that were taken before `moment`.
    func forgetDeliveries(finishedBefore moment: Instant) throws(Failure)
}
