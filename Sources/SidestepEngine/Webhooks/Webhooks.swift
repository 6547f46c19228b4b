import SidestepModel
import SidestepProtocol
import SidestepStore

/// Makes a webhook, or changes the one of that name to what is said now.
public struct PutWebhook: Command {
    /// The webhook's name, unique for the user who puts it.
    public let name: String
    /// Where letters go by POST; `http://` or `https://`. Whether it may be reached is looked at when one is sent.
    public let url: String
    /// Names of events, or beginnings of names with a `*`; `run.` names are those of the journal.
    public let events: [NamePattern]
    /// The name of the credential that signs letters; only administrators may name one. Nil sends them unsigned.
    public var secret: String?
    /// Further headers, an object of strings; those that are the daemon's own to set are refused.
    public var headers: Payload?
    /// Whether its letters wait; what happens meanwhile is written down and sent afterwards.
    public var isPaused = false
    /// Attempts before a delivery is dead.
    public var maxAttempts = WebhookRecord.defaultAttempts

    /// Webhooks of one user: each is looked at with every event.
    static let limit = 100

    /// A call of `webhook.put`; what is not set has the protocol's standard value, also for a webhook that is there.
    public init(name: String, url: String, events: [NamePattern]) {
        self.name = name
        self.url = url
        self.events = events
    }

    /// Answers with the webhook. Throws `invalid_argument` for an address, name or header that cannot be,
    /// `not_permitted` for the secret, `limit_exceeded` past a hundred of a user.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> WebhookRecord {
        try check(call)
        let known = try store.webhook(user: call.peer.uid, name: name)
        var webhook =
            known ?? WebhookRecord(name: name, userID: call.peer.uid, url: url, events: events, now: call.now)
        webhook.url = url
        webhook.events = events
        webhook.secret = secret
        webhook.headers = headers
        webhook.isPaused = isPaused
        webhook.maxAttempts = maxAttempts
        webhook.updated = call.now
        if known == nil {
            if try store.webhooks(user: call.peer.uid).count >= Self.limit {
                throw Failure(
                    .limitExceeded, "there are \(Self.limit) webhooks, which is the limit of a user",
                    hint: "Delete one that is not needed; one webhook may name many events."
                ).with(\.limit, "webhooks")
            }
            webhook.key = try store.insertWebhook(webhook)
        } else {
            try store.updateWebhook(webhook)
        }
        // A program that puts its webhooks whenever it starts changes nothing.
        var same = known
        same?.updated = call.now
        if same != webhook { try store.note(act: "webhook.put", name, &call) }
        // What waited for the pause to end, or for another URL.
        if !isPaused { call.after(.deliver(call.now)) }
        return webhook
    }

    private func check(_ call: CallContext) throws {
        guard url.hasPrefix("http://") || url.hasPrefix("https://"),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
        else { throw wrong("`url` begins with http:// or https:// and has no spaces", "Send the whole URL.") }
        guard !events.isEmpty, events.allSatisfy({ !$0.text.contains("\n") }) else {
            throw wrong(
                "`events` names at least one event, without line breaks", "Send [\"*\"] for all of them.")
        }
        guard let secret else { return try checkHeaders() }
        guard Self.isCredentialName(secret) else {
            throw wrong(
                "`secret` is the name of a credential", "It is a file's name, never the secret itself.")
        }
        // Whoever could name any credential could have anything signed with it.
        guard call.peer.isAdministrator else {
            throw Failure(
                .notPermitted, "only the daemon's own user and administrators may sign with its credentials",
                hint: "Leave `secret` out, or put the webhook as the daemon's user.")
        }
        try checkHeaders()
    }

    private static func isCredentialName(_ name: String) -> Bool {
        !name.hasPrefix(".") && name.utf8.count <= 255
            && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }
    }

    private func checkHeaders() throws {
        for (name, value) in headers.map({
            RawJSON(validated: $0).members.map { ($0.key, $0.value.string ?? "") }
        }) ?? [] {
            let isOurs = name.lowercased().hasPrefix("sidestep-")
            let problem =
                isOurs ? "which is the daemon's own to set" : RequestHeader.problem(name, value.utf8)
            guard let problem else { continue }
            throw wrong("`headers` has the name or value '\(name.prefix(100))', \(problem)", "Leave it out.")
        }
    }

    private func wrong(_ message: String, _ hint: String) -> Failure {
        Failure(.invalidArgument, message, hint: hint)
    }
}

extension StoreReader {
    /// The webhook that the caller means; nil when there is none that he may see.
    func findWebhook(_ name: String, _ call: CallContext) throws -> WebhookRecord? {
        if let own = try webhook(user: call.peer.uid, name: name) { return own }
        return call.peer.isAdministrator ? try webhooks(user: nil).first { $0.name == name } : nil
    }

    func visibleWebhook(_ name: String, _ call: CallContext) throws -> WebhookRecord {
        if let found = try findWebhook(name, call) { return found }
        throw Failure(
            .invalidArgument, "there is no webhook '\(name)'",
            hint: "`webhook.list` shows yours; `webhook.put` makes one.")
    }
}

/// All webhooks of the caller.
public struct ListWebhooks: Query {
    /// A call of `webhook.list`, which has no parameters.
    public init() {}

    /// Answers with them by name; an administrator sees those of all users.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [WebhookRecord] {
        try store.webhooks(user: call.visibleUser)
    }
}

/// Removes a webhook with its deliveries.
public struct DeleteWebhook: Command {
    /// The webhook's name; an administrator's own goes before another user's.
    public let name: String

    /// A call of `webhook.delete`.
    public init(name: String) { self.name = name }

    /// Answers whether there was one; it is out of sight at once, its deliveries are deleted in parts.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        guard let webhook = try store.findWebhook(name, call) else { return false }
        try store.hideWebhook(key: webhook.key)
        call.after(.roomChanged(webhook: webhook.key))
        try store.leave(.webhook, webhook.key, &call)
        try store.note(act: "webhook.delete", name, of: webhook.userID, &call)
        return true
    }
}

/// A delivery with the name of its webhook.
public struct DeliveryView: Sendable {
    /// The record; a list has it without its body.
    public var delivery: DeliveryRecord
    /// The webhook's name, for the key in the record.
    public var webhook: String
}

/// Deliveries, newest first; the dead ones are the dead-letter list.
public struct ListDeliveries: Query {
    /// The name of one webhook; nil lists the deliveries of all that the caller may see.
    public let webhook: String?
    /// Only deliveries in this status; nil lists all.
    public let status: DeliveryStatus?
    /// The key of the last delivery of the page before; nil begins at the newest.
    public let before: Int64?
    /// Deliveries of one page at most.
    public let limit: Int

    /// A call of `webhook.deliveries`.
    public init(webhook: String?, status: DeliveryStatus?, before: Int64?, limit: Int) {
        self.webhook = webhook
        self.status = status
        self.before = before
        self.limit = limit
    }

    /// Answers with a page; `invalid_argument` when there is no such webhook.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<DeliveryView> {
        let webhooks =
            try webhook.map { [try store.visibleWebhook($0, call)] } ?? store.webhooks(user: call.visibleUser)
        var filter = DeliveryFilter(webhooks: webhooks.map(\.key))
        filter.status = status
        filter.before = before
        filter.limit = limit
        let names = Dictionary(uniqueKeysWithValues: webhooks.map { ($0.key, $0.name) })
        let page = try store.deliveries(filter)
        return Page(
            items: page.items.map { DeliveryView(delivery: $0, webhook: names[$0.webhook] ?? "") },
            hasMore: page.hasMore)
    }
}

/// Sends a delivery again, with all its attempts before it.
public struct Redeliver: Command {
    /// The delivery's id, as receivers see it in `Sidestep-Delivery`.
    public let delivery: String

    /// A call of `webhook.redeliver`.
    public init(delivery: String) { self.delivery = delivery }

    /// Answers with the delivery, `pending` and due now; one that is pending already stays as it is.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> DeliveryView {
        guard var found = try store.delivery(id: delivery),
            let webhook = try store.webhook(key: found.webhook),
            call.peer.isAdministrator || webhook.userID == call.peer.uid
        else {
            throw Failure(
                .invalidArgument, "there is no delivery '\(delivery)'",
                hint: "`webhook.deliveries` lists them.")
        }
        if found.status != .pending {
            found.status = .pending
            found.attempts = 0
            found.nextAttempt = call.now
            found.finished = nil
            try store.updateDelivery(found)
            call.after(.roomChanged(webhook: webhook.key))
            call.after(.deliver(call.now))
            try store.note(act: "webhook.redeliver", webhook.name, of: webhook.userID, &call)
        }
        return DeliveryView(delivery: found, webhook: webhook.name)
    }
}
