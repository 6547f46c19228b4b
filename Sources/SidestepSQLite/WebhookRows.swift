import SidestepModel
import SidestepStore

struct WebhookStatements {
    let byKey, byName, list, listAll, hide: Statement
    let insert, update: RecordStatement<WebhookRecord>
    let deliveryByID, deliveryByKey, deliveryList, deliveryListStatus, due, next, pending: Statement
    let insertDelivery, updateDelivery, forget: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        byKey = try block("webhook_by_key")
        byName = try block("webhook_by_name")
        list = try block("webhook_list")
        listAll = try block("webhook_list_all")
        insert = try RecordStatement(try block("webhook_insert"))
        update = try RecordStatement(try block("webhook_update"))
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
        try webhooks.byKey.first(key) { WebhookRecord(&$0) }
    }

    func webhook(user: UserID, name: String) throws(Failure) -> WebhookRecord? {
        try webhooks.byName.first(Int64(user), name) { WebhookRecord(&$0) }
    }

    func webhooks(user: UserID?) throws(Failure) -> [WebhookRecord] {
        guard let user else { return try webhooks.listAll.all { WebhookRecord(&$0) } }
        return try webhooks.list.all(Int64(user)) { WebhookRecord(&$0) }
    }

    func insertWebhook(_ webhook: WebhookRecord) throws(Failure) -> Int64 {
        var row = webhook
        _ = try webhooks.insert.write(&row)
        return connection.lastInsertedKey
    }

    func updateWebhook(_ webhook: WebhookRecord) throws(Failure) {
        var row = webhook
        _ = try webhooks.update.write(&row)
    }

    func hideWebhook(key: Int64) throws(Failure) { try webhooks.hide.run(key) }

    // MARK: Deliveries

    func delivery(id: String) throws(Failure) -> DeliveryRecord? {
        try webhooks.deliveryByID.first(id) { DeliveryRecord(&$0) }
    }

    func delivery(key: Int64) throws(Failure) -> DeliveryRecord? {
        try webhooks.deliveryByKey.first(key) { DeliveryRecord(&$0) }
    }

    func deliveries(_ filter: DeliveryFilter) throws(Failure) -> Page<DeliveryRecord> {
        let statement = filter.status == nil ? webhooks.deliveryList : webhooks.deliveryListStatus
        var found: [DeliveryRecord] = []
        for webhook in filter.webhooks {
            found += try statement.all(
                webhook, filter.before ?? .max, filter.status?.rawValue,
                Int64(filter.limit) + 1
            ) { DeliveryRecord(&$0) }
        }
        found.sort { $0.key > $1.key }
        return Page(found, limit: filter.limit)
    }

    func deliveries(
        of webhook: Int64, place: Int64, dueAt now: Instant, limit: Int
    ) throws(Failure) -> [DeliveryRecord] {
        try webhooks.due.all(webhook, now, Int64(limit), place) { DeliveryRecord(&$0) }
    }

    func nextDelivery(of webhook: Int64, place: Int64) throws(Failure) -> Instant? {
        try webhooks.next.first(webhook, place) { $0.optionalInstant() } ?? nil
    }

    func pending(webhook: Int64, upTo count: Int) throws(Failure) -> Int {
        Int(try webhooks.pending.first(webhook, Int64(count)) { $0.integer() } ?? 0)
    }

    func insertDelivery(_ delivery: DeliveryRecord) throws(Failure) {
        try webhooks.insertDelivery.run(
            delivery.id, delivery.webhook, delivery.event,
            delivery.sequence,
            delivery.body, delivery.status.rawValue, delivery.attempts,
            delivery.nextAttempt, delivery.httpStatus, delivery.problem,
            delivery.created, delivery.finished, delivery.place)
    }

    func updateDelivery(_ delivery: DeliveryRecord) throws(Failure) {
        try webhooks.updateDelivery.run(
            delivery.key, delivery.status.rawValue, delivery.attempts,
            delivery.nextAttempt, delivery.httpStatus, delivery.problem,
            delivery.finished)
    }

    func forgetDeliveries(finishedBefore moment: Instant) throws(Failure) {
        try webhooks.forget.run(moment)
    }
}

extension WebhookRecord: Stored {
    static var word: String { "webhook" }
    static var table: String { "webhook" }
    static var blank: WebhookRecord {
        WebhookRecord(key: 0, name: "", userID: 0, url: "", events: [], now: Instant(milliseconds: 0))
    }

    mutating func pass(through columns: inout some Columns) {
        columns.apart("key", &key)
        columns.once("name", &name)
        columns.once("user_id", &userID)
        columns.column("url", &url)
        columns.names("events", &events)
        columns.column("secret", &secret)
        columns.column("headers", &headers)
        columns.column("paused", &isPaused)
        columns.column("max_attempts", &maxAttempts)
        columns.column("created_at", &created)
        columns.column("updated_at", &updated)
    }
}

extension Columns {
    /// Patterns of names, one a line.
    fileprivate mutating func names(_ name: StaticString, _ patterns: inout [NamePattern]) {
        var lines = patterns.map(\.text).joined(separator: "\n")
        column(name, &lines)
        patterns = lines.split(separator: "\n").map { NamePattern(String($0)) }
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
        place = row.optionalInteger() ?? 0
    }
}
