import SidestepModel

/// Which deliveries a list shows; nil does not restrict.
public struct DeliveryFilter: Sendable {
    /// The webhooks looked at.
    public var webhooks: [Int64]
    public var status: DeliveryStatus?
    /// Only deliveries older than this key.
    public var before: Int64?
    public var limit = 100

    public init(webhooks: [Int64]) { self.webhooks = webhooks }
}

public protocol WebhookReading: AnyObject {
    func webhook(key: Int64) throws(Failure) -> WebhookRecord?
    func webhook(user: UInt32, name: String) throws(Failure) -> WebhookRecord?
    /// In the order of names; `user` nil shows all.
    func webhooks(user: UInt32?) throws(Failure) -> [WebhookRecord]
    func delivery(id: String) throws(Failure) -> DeliveryRecord?
    func delivery(key: Int64) throws(Failure) -> DeliveryRecord?
    /// Newest first, without their bodies.
    func deliveries(_ filter: DeliveryFilter) throws(Failure) -> Page<DeliveryRecord>
    /// Deliveries of a webhook whose attempt is due, oldest first.
    func deliveries(of webhook: Int64, dueAt now: Instant, limit: Int) throws(Failure) -> [DeliveryRecord]
    /// When the next attempt of a webhook's deliveries is due.
    func nextDelivery(of webhook: Int64) throws(Failure) -> Instant?
    /// Whether a webhook has at least so many pending deliveries.
    func hasPending(webhook: Int64, atLeast count: Int) throws(Failure) -> Bool
}

public protocol WebhookWriting: WebhookReading {
    /// Adds a webhook; returns its key.
    func insertWebhook(_ webhook: WebhookRecord) throws(Failure) -> Int64
    func updateWebhook(_ webhook: WebhookRecord) throws(Failure)
    /// Takes a webhook out of everybody's sight; it is deleted with its deliveries as a chore.
    func hideWebhook(key: Int64) throws(Failure)
    func insertDelivery(_ delivery: DeliveryRecord) throws(Failure)
    func updateDelivery(_ delivery: DeliveryRecord) throws(Failure)
    /// Removes some of the deliveries that were taken before `moment`.
    func forgetDeliveries(finishedBefore moment: Instant) throws(Failure)
}
