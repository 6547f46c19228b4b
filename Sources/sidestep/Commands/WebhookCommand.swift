import ArgumentParser
import Sidestep
import SidestepProtocol

/// Where other programs are told of events by HTTP.
struct WebhookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Tell other programs of events by HTTP.",
        discussion: """
              sidestep webhook put ops https://example.org/hook --event run.failed --event 'order.*' --secret hook-key
              sidestep webhook deliveries --status dead
              sidestep webhook redeliver dl_5d41

            --secret names a credential of the daemon (a file of its credentials directory), never the secret.
            """,
        subcommands: [Put.self, List.self, Delete.self, Deliveries.self, Redeliver.self])

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Make a webhook, or change it to what is said now.")
        @Argument(help: "The name of the webhook.")
        var name: String
        @Argument(help: "Where events are sent by POST.")
        var url: String
        @Option(help: "An event, with a * at its end all that begin so; may be repeated (default: all).")
        var event: [String] = []
        @Option(help: "The name of the credential that signs.")
        var secret: String?
        @Option(help: "A further header as NAME=VALUE; may be repeated.")
        var header: [TagArgument] = []
        @Option(help: "Attempts before a delivery is dead (default: 12).")
        var maxAttempts: Int?
        @Flag(help: "Let deliveries wait.")
        var paused = false
        @OptionGroup var common: Common

        func run() throws {
            _ = try common.show("webhook.put") { writer in
                writer.member("webhook", name)
                writer.member("url", url)
                writer.member("events", event.isEmpty ? ["*"] : event)
                writer.member("secret", secret)
                if !header.isEmpty {
                    writer.object("headers") { writer in
                        for header in header { writer.member(header.name, header.value) }
                    }
                }
                writer.member("max_attempts", maxAttempts)
                if paused { writer.member("paused", true) }
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List webhooks.")
        @OptionGroup var common: Common

        func run() throws {
            try common.list(
                "webhook.list", "webhooks",
                [
                    .text("WEBHOOK", "webhook"), .text("URL", "url"), .words("EVENTS", "events"),
                    .text("SECRET", "secret"), .flag("PAUSED", "paused", "yes"),
                ], orWhenEmpty: "There are no webhooks.")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Remove a webhook with its deliveries.",
            discussion: "Exit status 1 when there was none.")
        @Argument(help: "The name of the webhook.")
        var name: String
        @OptionGroup var common: Common

        func run() throws { try common.delete("webhook", name) }
    }

    struct Deliveries: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deliveries", abstract: "List deliveries, the newest first.")
        @Argument(help: "Only of this webhook.")
        var name: String?
        @Option(help: "Only with this status: pending, delivered or dead.")
        var status: String?
        @Option(name: [.customShort("n"), .long], help: "At most so many.")
        var limit = 50
        @OptionGroup var common: Common

        func run() throws {
            try common.list(
                "webhook.deliveries", "deliveries",
                [
                    .text("DELIVERY", "delivery"), .text("WEBHOOK", "webhook"), .text("EVENT", "event"),
                    .text("STATUS", "status"), .number("ATTEMPTS", "attempts"),
                    .until("NEXT", "next_attempt_at"),
                    .text("PROBLEM", "problem"),
                ], orWhenEmpty: "There are no such deliveries."
            ) { writer in
                writer.member("webhook", name)
                writer.member("status", status)
                writer.member("limit", limit)
            }
        }
    }

    struct Redeliver: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redeliver", abstract: "Send a delivery again.")
        @Argument(help: "The delivery.")
        var delivery: String
        @OptionGroup var common: Common

        func run() throws { _ = try common.show("webhook.redeliver") { $0.member("delivery", delivery) } }
    }
}
