import SidestepModel

extension MethodTable {
    /// The methods about telling other programs by HTTP.
    static let webhookMethods: [Method] =
        [webhookPut, webhookList, webhookDelete, webhookDeliveries, webhookRedeliver]

    private static let aWebhook = Parameter.must("webhook", .name, "the name of the webhook")

    private static let webhookPut = Method(
        "webhook.put", .webhook, .open, "Makes a webhook, or changes it to what is said now.",
        parameters: [aWebhook] + ParameterType.webhookTarget,
        result: [.must("webhook", .webhook, "the webhook as it is now")],
        errors: [.invalidArgument, .notPermitted, .limitExceeded],
        example: Example(
            #"{"webhook":"ops","url":"https://example.org/hook","events":["run.failed"],"secret":"hook-key"}"#,
            #"{"webhook":\#(ExampleText.webhook)}"#), waitsForCommit: true)

    private static let webhookList = Method(
        "webhook.list", .webhook, .open, "Lists webhooks.",
        result: [.must("webhooks", .array(.webhook), "the webhooks")],
        example: Example("{}", #"{"webhooks":[\#(ExampleText.webhook)]}"#))

    private static let webhookDelete = Method(
        "webhook.delete", .webhook, .open, "Removes a webhook with its deliveries.", parameters: [aWebhook],
        result: [.must("deleted", .boolean, "whether there was one")],
        example: Example(#"{"webhook":"ops"}"#, #"{"deleted":true}"#), waitsForCommit: true, space: .frees)

    private static let webhookDeliveries = Method(
        "webhook.deliveries", .webhook, .open,
        "Lists deliveries, the newest first; those with status dead are the dead letters.",
        parameters: [
            .may("webhook", .name, "only of this webhook"),
            .may("status", .deliveryStatus, "only with this status"),
            .may("limit", .page, "deliveries on a page", default: 100),
            .may("cursor", .opaque, "`more` of the page before"),
        ],
        result: [
            .must("deliveries", .array(.delivery), "the deliveries"),
            .may("more", .opaque, "the cursor of the next page"),
        ],
        errors: [.invalidArgument],
        example: Example(
            #"{"status":"dead"}"#, #"{"deliveries":[\#(ExampleText.delivery)],"more":null}"#))

    private static let webhookRedeliver = Method(
        "webhook.redeliver", .webhook, .open,
        "Sends a delivery again, under the same id, with all its attempts before it.",
        parameters: [.must("delivery", .name, "the delivery")],
        result: [.must("delivery", .delivery, "the delivery as it is now")], errors: [.invalidArgument],
        example: Example(#"{"delivery":"dl_5d41"}"#, #"{"delivery":\#(ExampleText.delivery)}"#),
        waitsForCommit: true)
}

extension ParameterType {
    static let deliveryStatus = ParameterType.enumeration(DeliveryStatus.allCases.map(\.rawValue))

    /// What `webhook.put` takes and a webhook shows.
    static let webhookTarget: [Parameter] = [
        .must("url", .string(maxBytes: 8192), "where events are sent by POST: http or https"),
        .must(
            "events", .strings(atMost: .webhookEvents),
            "names of events; with a * at its end, all that begin so"),
        .may("secret", .name, "the name of the credential that signs"),
        .may(
            "headers", .stringMap(nullable: false, atMost: .headers),
            "further headers; they are stored as they are"),
        .may("paused", .boolean, "whether deliveries wait", default: false),
        .may("max_attempts", .integer(1...1000), "attempts before a delivery is dead", default: 12),
    ]

    static let webhook = ParameterType.shared(
        "webhook",
        .object(
            [.must("webhook", .name, "its name"), .may("user", .user, "whose it is")] + webhookTarget + [
                .must("created_at", .instant, "when it was made"),
                .must("updated_at", .instant, "when it was last changed"),
            ]))

    static let delivery = ParameterType.shared(
        "delivery",
        .object([
            .must("delivery", .name, "its id, the same at every attempt"),
            .must("webhook", .name, "the webhook"),
            .must("event", .name, "the event"),
            .must("sequence", .sequence, "the place of the event"),
            .must("status", .deliveryStatus, "what became of it"),
            .must("attempts", .count, "attempts so far"),
            .may("http_status", .count, "the receiver's last answer"),
            .may("problem", .text, "why the last attempt failed"),
            .may("next_attempt_at", .instant, "when the next attempt is due"),
            .must("created_at", .instant, "when it was made"),
            .may("finished_at", .instant, "when it was delivered or given up"),
        ]))
}
