import SidestepModel
import SidestepStore

struct WebhookStatements {
    let byKey, byName, list, listAll, insert, update, hide: Statement
    let deliveryByID, deliveryByKey, deliveryList, deliveryListStatus, due, next, pending: Statement
    let insertDelivery, updateDelivery, forget: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byKey = try block("webhook_by_key")
        byName = try block("webhook_by_name")
        list = try block("webhook_list")
        listAll = try block("webhook_list_all")
        insert = try block("webhook_insert")
        update = try block("webhook_update")
        hide = try block("webhook_hide")
        deliveryByID = try block("delivery_by_id")
        deliveryByKey = try block("delivery_by_key")
        deliveryList = try block("delivery_list")
        deliveryListStatus = try block("delivery_list_status")
        due = try block("delivery_due")
        next = try block("delivery_next")
        pending = try block("delivery_pending")
        insertDelivery = try block("delivery_insert")
        updateDelivery = try block("delivery_update")
        forget = try block("delivery_forget")
    }
}

extension SQLiteSession {
    func webhook(key: Int64) throws(Failure) -> WebhookRecord? {
        try webhooks.byKey.first(.integer(key)) { WebhookRecord(&$0) }
    }

    func webhook(user: UInt32, name: String) throws(Failure) -> WebhookRecord? {
        try webhooks.byName.first(.integer(Int64(user)), SQLValue(name)) { WebhookRecord(&$0) }
    }

    func webhooks(user: UInt32?) throws(Failure) -> [WebhookRecord] {
        guard let user else { return try webhooks.listAll.all { WebhookRecord(&$0) } }
        return try webhooks.list.all(.integer(Int64(user))) { WebhookRecord(&$0) }
    }

    func insertWebhook(_ webhook: WebhookRecord) throws(Failure) -> Int64 {
        _ = try webhooks.insert.change(
            webhook.values + [SQLValue(webhook.name), .integer(Int64(webhook.userID))])
        return connection.lastInsertedKey
    }

    func updateWebhook(_ webhook: WebhookRecord) throws(Failure) {
        _ = try webhooks.update.change(webhook.values + [.integer(webhook.key)])
    }

    func hideWebhook(key: Int64) throws(Failure) { try webhooks.hide.run(.integer(key)) }

    // MARK: Deliveries

    func delivery(id: String) throws(Failure) -> DeliveryRecord? {
        try webhooks.deliveryByID.first(SQLValue(id)) { DeliveryRecord(&$0) }
    }

    func delivery(key: Int64) throws(Failure) -> DeliveryRecord? {
        try webhooks.deliveryByKey.first(.integer(key)) { DeliveryRecord(&$0) }
    }

    func deliveries(_ filter: DeliveryFilter) throws(Failure) -> Page<DeliveryRecord> {
        let statement = filter.status == nil ? webhooks.deliveryList : webhooks.deliveryListStatus
        var found: [DeliveryRecord] = []
        for webhook in filter.webhooks {
            found += try statement.all(
                .integer(webhook), .integer(filter.before ?? .max), SQLValue(filter.status?.rawValue),
                .integer(Int64(filter.limit) + 1)
            ) { DeliveryRecord(&$0) }
        }
        found.sort { $0.key > $1.key }
        return Page(found, limit: filter.limit)
    }

    func deliveries(of webhook: Int64, dueAt now: Instant, limit: Int) throws(Failure) -> [DeliveryRecord] {
        try webhooks.due.all(.integer(webhook), SQLValue(now), .integer(Int64(limit))) { DeliveryRecord(&$0) }
    }

    func nextDelivery(of webhook: Int64) throws(Failure) -> Instant? {
        try webhooks.next.first(.integer(webhook)) { $0.optionalInstant() } ?? nil
    }

    func hasPending(webhook: Int64, atLeast count: Int) throws(Failure) -> Bool {
        let found = try webhooks.pending.first(.integer(webhook), .integer(Int64(count))) { $0.integer() }
        return found ?? 0 >= count
    }

    func insertDelivery(_ delivery: DeliveryRecord) throws(Failure) {
        try webhooks.insertDelivery.run(
            SQLValue(delivery.id), .integer(delivery.webhook), SQLValue(delivery.event),
            .integer(delivery.sequence),
            SQLValue(delivery.body), SQLValue(delivery.status.rawValue), .integer(delivery.attempts),
            SQLValue(delivery.nextAttempt), SQLValue(delivery.httpStatus), SQLValue(delivery.problem),
            SQLValue(delivery.created), SQLValue(delivery.finished))
    }

    func updateDelivery(_ delivery: DeliveryRecord) throws(Failure) {
        try webhooks.updateDelivery.run(
            .integer(delivery.key), SQLValue(delivery.status.rawValue), .integer(delivery.attempts),
            SQLValue(delivery.nextAttempt), SQLValue(delivery.httpStatus), SQLValue(delivery.problem),
            SQLValue(delivery.finished))
    }

    func forgetDeliveries(finishedBefore moment: Instant) throws(Failure) {
        try webhooks.forget.run(SQLValue(moment))
    }
}

extension WebhookRecord {
    fileprivate init(_ row: inout Row) {
        let (key, name, user, url) = (row.integer(), row.string(), row.integer(), row.string())
        self.init(
            key: key, name: name, userID: UInt32(truncatingIfNeeded: user), url: url,
            events: row.string().split(separator: "\n").map { NamePattern(String($0)) },
            now: Instant(milliseconds: 0))
        secret = row.optionalString()
        headers = row.optionalPayload()
        isPaused = row.bool()
        maxAttempts = row.integer()
        created = row.instant()
        updated = row.instant()
    }

    /// The mutable columns, in the order in which `webhook_insert` and `webhook_update` take them.
    fileprivate var values: [SQLValue] {
        [
            SQLValue(url), SQLValue(events.map(\.text).joined(separator: "\n")), SQLValue(secret),
            SQLValue(headers),
            SQLValue(isPaused), .integer(maxAttempts), SQLValue(created), SQLValue(updated),
        ]
    }
}

extension DeliveryRecord {
    fileprivate init(_ row: inout Row) {
        self.init(
            key: row.integer(), id: row.string(), webhook: row.integer(), event: row.string(),
            sequence: row.integer(), body: row.payload(), created: Instant(milliseconds: 0))
        status = row.status()
        attempts = row.integer()
        nextAttempt = row.optionalInstant()
        httpStatus = row.optionalInteger()
        problem = row.optionalString()
        created = row.instant()
        finished = row.optionalInstant()
    }
}
