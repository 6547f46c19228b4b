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
            abstract: "Make a webhook, or change it to what is said now.")
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
        static let configuration = CommandConfiguration(abstract: "List webhooks.")
        @OptionGroup var common: Common

        func run() throws {
            guard let result = try common.show("webhook.list", { _ in }) else { return }
            var table = Table("WEBHOOK", "URL", "EVENTS", "SECRET", "PAUSED")
            for webhook in result["webhooks"]?.elements ?? [] {
                table.add(
                    webhook["webhook"]?.string ?? "", webhook["url"]?.string ?? "",
                    (webhook["events"]?.elements.compactMap(\.string) ?? []).joined(separator: " "),
                    webhook["secret"]?.string ?? "", webhook["paused"]?.bool == true ? "yes" : "")
            }
            table.print(orWhenEmpty: "There are no webhooks.")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a webhook with its deliveries.",
            discussion: "Exit status 1 when there was none.")
        @Argument(help: "The name of the webhook.")
        var name: String
        @OptionGroup var common: Common

        func run() throws {
            guard let result = try common.show("webhook.delete", { $0.member("webhook", name) }) else {
                return
            }
            guard result["deleted"]?.bool == true else {
                Output.complain("there is no webhook \(name)")
                throw ExitCode(1)
            }
            Output.complain("webhook \(name) deleted")
        }
    }

    struct Deliveries: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List deliveries, the newest first.")
        @Argument(help: "Only of this webhook.")
        var name: String?
        @Option(help: "Only with this status: pending, delivered or dead.")
        var status: String?
        @Option(name: [.customShort("n"), .long], help: "At most so many.")
        var limit = 50
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("webhook.deliveries") { writer in
                writer.member("webhook", name)
                writer.member("status", status)
                writer.member("limit", limit)
            }
            guard let result else { return }
            var table = Table("DELIVERY", "WEBHOOK", "EVENT", "STATUS", "ATTEMPTS", "NEXT", "PROBLEM")
            for delivery in result["deliveries"]?.elements ?? [] {
                table.add(
                    delivery["delivery"]?.string ?? "", delivery["webhook"]?.string ?? "",
                    delivery["event"]?.string ?? "", delivery["status"]?.string ?? "",
                    "\(delivery["attempts"]?.int ?? 0)",
                    delivery["next_attempt_at"]?.int.map { RelativeTime.to($0) } ?? "",
                    delivery["problem"]?.string ?? "")
            }
            table.print(orWhenEmpty: "There are no such deliveries.")
        }
    }

    struct Redeliver: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send a delivery again.")
        @Argument(help: "The delivery.")
        var delivery: String
        @OptionGroup var common: Common

        func run() throws { _ = try common.show("webhook.redeliver") { $0.member("delivery", delivery) } }
    }
}
