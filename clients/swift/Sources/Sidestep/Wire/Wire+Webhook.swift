// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Makes a webhook, or changes it to what is said now.
    ///
    /// - Parameters:
    ///   - webhook: the name of the webhook.
    ///   - url: where events are sent by POST: http or https.
    ///   - events: names of events; with a * at its end, all that begin so.
    ///   - secret: the name of the credential that signs.
    ///   - headers: further headers; they are stored as they are.
    ///   - paused: whether deliveries wait. Default: false.
    ///   - maxAttempts: attempts before a delivery is dead. Default: 12.
    @discardableResult
    public func webhookPut(
        webhook: String,
        url: String,
        events: [String],
        secret: String? = nil,
        headers: [String: String]? = nil,
        paused: Bool? = nil,
        maxAttempts: Int? = nil
    ) async throws -> WebhookPutResult {
        try WebhookPutResult(try await call("webhook.put", mayResend: false) { writer in
            writer.wire("webhook", webhook)
            writer.wire("url", url)
            writer.wire("events", events)
            writer.wire("secret", secret)
            writer.wire("headers", headers)
            writer.wire("paused", paused)
            writer.wire("max_attempts", maxAttempts)
        })
    }

    /// What `webhook.put` answers.
    public struct WebhookPutResult: WireReadable {
        /// The webhook as it is now.
        public var webhook: Wire.WebhookObject

        init(_ reader: WireReader) throws {
            webhook = try reader.must("webhook")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WebhookPutResult", wire))
        }
    }

    /// Lists webhooks.
    @discardableResult
    public func webhookList(
    ) async throws -> WebhookListResult {
        try WebhookListResult(try await call("webhook.list", mayResend: true) { writer in
            _ = writer
        })
    }

    /// What `webhook.list` answers.
    public struct WebhookListResult: WireReadable {
        /// The webhooks.
        public var webhooks: [Wire.WebhookObject]

        init(_ reader: WireReader) throws {
            webhooks = try reader.must("webhooks")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WebhookListResult", wire))
        }
    }

    /// Removes a webhook with its deliveries.
    ///
    /// - Parameters:
    ///   - webhook: the name of the webhook.
    @discardableResult
    public func webhookDelete(
        webhook: String
    ) async throws -> WebhookDeleteResult {
        try WebhookDeleteResult(try await call("webhook.delete", mayResend: false) { writer in
            writer.wire("webhook", webhook)
        })
    }

    /// What `webhook.delete` answers.
    public struct WebhookDeleteResult: WireReadable {
        /// Whether there was one.
        public var deleted: Bool

        init(_ reader: WireReader) throws {
            deleted = try reader.must("deleted")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WebhookDeleteResult", wire))
        }
    }

    /// Lists deliveries, the newest first; those with status dead are the dead letters.
    ///
    /// - Parameters:
    ///   - webhook: only of this webhook.
    ///   - status: only with this status.
    ///   - limit: deliveries on a page. Default: 100.
    ///   - cursor: `more` of the page before.
    @discardableResult
    public func webhookDeliveries(
        webhook: String? = nil,
        status: String? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) async throws -> WebhookDeliveriesResult {
        try WebhookDeliveriesResult(try await call("webhook.deliveries", mayResend: true) { writer in
            writer.wire("webhook", webhook)
            writer.wire("status", status)
            writer.wire("limit", limit)
            writer.wire("cursor", cursor)
        })
    }

    /// What `webhook.deliveries` answers.
    public struct WebhookDeliveriesResult: WireReadable {
        /// The deliveries.
        public var deliveries: [Wire.DeliveryObject]
        /// The cursor of the next page.
        public var more: String?

        init(_ reader: WireReader) throws {
            deliveries = try reader.must("deliveries")
            more = try reader.may("more")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WebhookDeliveriesResult", wire))
        }
    }

    /// Sends a delivery again, under the same id, with all its attempts before it.
    ///
    /// - Parameters:
    ///   - delivery: the delivery.
    @discardableResult
    public func webhookRedeliver(
        delivery: String
    ) async throws -> WebhookRedeliverResult {
        try WebhookRedeliverResult(try await call("webhook.redeliver", mayResend: false) { writer in
            writer.wire("delivery", delivery)
        })
    }

    /// What `webhook.redeliver` answers.
    public struct WebhookRedeliverResult: WireReadable {
        /// The delivery as it is now.
        public var delivery: Wire.DeliveryObject

        init(_ reader: WireReader) throws {
            delivery = try reader.must("delivery")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("WebhookRedeliverResult", wire))
        }
    }
}
