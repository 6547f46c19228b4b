import SidestepProtocol

/// A delivery of one event to one webhook.
public struct Delivery: Sendable {
    /// The same at every attempt.
    public let id: String
    /// Where it goes.
    public let webhook: String
    /// The name of the event that it tells of.
    public let event: String
    /// `pending`, `delivered` or `dead`.
    public let status: String
    /// How often it was sent.
    public let attempts: Int
    /// The receiver's last answer.
    public let httpStatus: Int?
    /// Why the last attempt failed.
    public let problem: String?

    init(_ json: RawJSON) {
        id = json["delivery"]?.string ?? ""
        webhook = json["webhook"]?.string ?? ""
        event = json["event"]?.string ?? ""
        status = json["status"]?.string ?? ""
        attempts = json["attempts"]?.int ?? 0
        httpStatus = json["http_status"]?.int
        problem = json["problem"]?.string
    }
}

extension SidestepClient {
    /// Where other programs are told of events by HTTP.
    public struct Webhooks: Sendable {
        let client: SidestepClient

        /// Makes a webhook, or changes the one of that name.
        ///
        /// - Parameters:
        ///   - events: names; with a `*` at its end, all that begin so.
        ///   - secret: the name of the credential that signs, never the secret itself.
        public func put(
            _ name: String, url: String, events: [String], secret: String? = nil,
            headers: [String: String]? = nil,
            isPaused: Bool = false, maxAttempts: Int? = nil
        ) async throws {
            try await client.call("webhook.put") { writer in
                writer.member("webhook", name)
                writer.member("url", url)
                writer.member("events", events)
                writer.member("secret", secret)
                if let headers { writer.object("headers") { headers.write(to: &$0) } }
                writer.member("paused", isPaused)
                writer.member("max_attempts", maxAttempts)
            }
        }

        /// Removes a webhook with its deliveries. Returns whether there was one.
        @discardableResult
        public func delete(_ name: String) async throws -> Bool {
            try await client.call("webhook.delete") { $0.member("webhook", name) }["deleted"]?.bool ?? false
        }

        /// Deliveries, the newest first; those with status `dead` are the dead letters.
        public func deliveries(
            of webhook: String? = nil, status: String? = nil, limit: Int = 100
        ) async throws -> [Delivery] {
            let page = try await client.call("webhook.deliveries") { writer in
                writer.member("webhook", webhook)
                writer.member("status", status)
                writer.member("limit", limit)
            }
            return (page["deliveries"]?.elements ?? []).map(Delivery.init)
        }

        /// Sends a delivery again, with all its attempts before it.
        public func redeliver(_ delivery: String) async throws {
            try await client.call("webhook.redeliver") { $0.member("delivery", delivery) }
        }
    }

    /// Where other programs are told of events by HTTP.
    public var webhooks: Webhooks { Webhooks(client: self) }
}
