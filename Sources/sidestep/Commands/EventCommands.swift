import ArgumentParser
import Sidestep
import SidestepProtocol

/// Announces a fact.
struct EmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emit", abstract: "Announce a fact to whoever listens, webhooks included.",
        discussion: """
              sidestep emit order.paid '{"order": 17}' --id order-17

            With --id it is announced once, however often it is sent.
            """)
    @Argument(help: "The name of the event.")
    var event: String
    @Argument(help: "What there is to say, as JSON; `-` reads standard input.")
    var value: JSONArgument?
    @Option(help: "Your own name of it: sent again, it is announced no second time.")
    var id: String?
    @Option(name: .customLong("run"), help: "The run it belongs to.")
    var target: String?
    @OptionGroup var common: Common

    func run() throws {
        _ = try common.show("event.emit") { writer in
            writer.member("event", event)
            writer.member("value", value?.value)
            writer.member("event_id", id)
            writer.member("run", target)
        }
    }
}

/// Shows what was announced.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Print events, the oldest first, and follow them.",
        discussion: "  sidestep events 'order.*' --follow --json | jq .value")
    @Argument(help: "Only this name; with a * at its end, all that begin so.")
    var event: String?
    @Option(name: .customLong("run"), help: "Only those of this run.")
    var target: String?
    @Option(help: "Begin after this sequence.")
    var after = 0
    @Flag(name: .shortAndLong, help: "Wait for further ones.")
    var follow = false
    @OptionGroup var common: Common

    func run() throws {
        let connection = try common.connect()
        var next = after
        while true {
            let page = try connection.call("event.list") { writer in
                writer.member("event", event)
                writer.member("run", target)
                writer.member("after", next)
                if follow { writer.member("wait_ms", 30_000) }
            }
            let events = page["events"]?.elements ?? []
            for event in events { print(event) }
            next = events.last?["sequence"]?.int ?? next
            if !follow && page.present("more") == nil { return }
        }
    }

    private func print(_ event: RawJSON) {
        if common.json { return Output.line(event.text) }
        let words = [
            "\(event["sequence"]?.int ?? 0)", event["at"]?.int.map { RelativeTime.ago($0) } ?? "",
            event["event"]?.string ?? "", event["run"]?.string ?? "-", event.present("value")?.text ?? "",
        ]
        Output.line(words.joined(separator: "  "))
    }
}

/// Follows what happens to runs.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow the journals of runs as they are written.",
        discussion: """
              sidestep watch
              sidestep watch nightly-1 --after 0
              sidestep watch --workflow report --json | jq .kind

            A lost connection is made again and goes on behind the last entry. Ctrl-C ends it.
            """)
    @Argument(help: ArgumentHelp("Only this run.", valueName: "run"))
    var target: String?
    @Option(help: "Only runs of this workflow.")
    var workflow: String?
    @Option(help: "Only runs with this tag; may be repeated.")
    var tag: [TagArgument] = []
    @Option(help: "Begin after this sequence; 0 with what is there (default: now).")
    var after: Int?
    @Option(name: [.customShort("n"), .long], help: "End after so many entries.")
    var limit: Int?
    @OptionGroup var common: Common

    func run() throws {
        let tags = Dictionary(tag.map { ($0.name, $0.value) }) { $1 }
        let watcher = RunWatcher(
            socket: common.socket, filter: .init(run: target, workflow: workflow, tags: tags), after: after)
        var left = limit ?? .max
        while left > 0 {
            show(try watcher.next())
            left -= 1
        }
    }

    private func show(_ event: RunEvent) {
        if common.json { return Output.line(event.json.text) }
        let words = [
            "\(event.sequence)", event.run, event.kind, event.step ?? "",
            event.detail.map { String($0.text.prefix(80)) } ?? "",
        ]
        Output.line(words.filter { !$0.isEmpty }.joined(separator: "  "))
    }
}
