import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum WebhookHandlers {
    static var all: [String: Handler] {
        [
            "webhook.put": .write({ request in
                var put = PutWebhook(
                    name: request.required("webhook"), url: request.required("url"),
                    events: (request.params.strings("events") ?? []).map(NamePattern.init))
                put.secret = request.params.string("secret")
                put.headers = request.payload("headers")
                put.isPaused = request.params.flag("paused")
                put.maxAttempts = request.params.count("max_attempts")
                return put
            }) { $0.webhook("webhook", $1) },
            "webhook.list": .read({ _ in ListWebhooks() }) { writer, webhooks in
                writer.list("webhooks", webhooks) { $0.webhook($1) }
            },
            "webhook.delete": .write({ DeleteWebhook(name: $0.required("webhook")) }) {
                $0.member("deleted", $1)
            },
            "webhook.deliveries": .read({
                ListDeliveries(
                    webhook: $0.params.string("webhook"),
                    status: $0.params.string("status").flatMap(DeliveryStatus.init(rawValue:)),
                    before: try RunHandlers.cursor($0.params), limit: $0.limit)
            }) { writer, page in
                writer.page("deliveries", page, cursor: { String($0.delivery.key) }) { $0.delivery($1) }
            },
            "webhook.redeliver": .write({ Redeliver(delivery: $0.required("delivery")) }) { writer, view in
                writer.key("delivery")
                writer.delivery(view)
            },
        ]
    }
}

extension JSONWriter {
    fileprivate mutating func webhook(_ name: String, _ webhook: WebhookRecord) {
        key(name)
        self.webhook(webhook)
    }

    fileprivate mutating func webhook(_ webhook: WebhookRecord) {
        beginObject()
        member("webhook", webhook.name)
        member("user", Int64(webhook.userID))
        member("url", webhook.url)
        member("events", webhook.events.map(\.text))
        member("secret", webhook.secret)
        payload("headers", webhook.headers)
        member("paused", webhook.isPaused)
        member("max_attempts", webhook.maxAttempts)
        instant("created_at", webhook.created)
        instant("updated_at", webhook.updated)
        endObject()
    }

    fileprivate mutating func delivery(_ view: DeliveryView) {
        let delivery = view.delivery
        beginObject()
        member("delivery", delivery.id)
        member("webhook", view.webhook)
        member("event", delivery.event)
        member("sequence", delivery.sequence)
        member("status", delivery.status.rawValue)
        member("attempts", delivery.attempts)
        member("http_status", delivery.httpStatus)
        member("problem", delivery.problem)
        instant("next_attempt_at", delivery.nextAttempt)
        instant("created_at", delivery.created)
        instant("finished_at", delivery.finished)
        endObject()
    }
}
