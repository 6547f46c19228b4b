import ArgumentParser
import Sidestep
import SidestepProtocol

/// Rules that start runs.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Start runs by the clock.",
        discussion: """
              sidestep schedule put nightly --workflow report --cron '0 2 * * MON-FRI' --zone Europe/Berlin
              sidestep schedule put often --workflow poll --every 5m --overlap queue
              sidestep schedule trigger nightly

            The runs wait for a worker of their workflow.
            """,
        subcommands: [
            Put.self, List.self, Show.self, Pause.self, Unpause.self, Trigger.self, Delete.self,
        ])

    struct Name: ParsableArguments {
        @Argument(help: ArgumentHelp("The schedule.", valueName: "name"))
        var name: String
    }

    struct Put: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "put", abstract: "Make a schedule, or change it to what is said now.")
        @OptionGroup var schedule: Name
        @Option(help: "The workflow of its runs.")
        var workflow: String
        @Option(help: "Five fields as in crontab(5), or @daily and the like.")
        var cron: String?
        @Option(help: ArgumentHelp("The interval, at least 1s.", valueName: "span"))
        var every: SpanArgument?
        @Option(help: "The zone whose clocks --cron means, by its IANA name (default: UTC).")
        var zone: String?
        @Option(help: "What its runs are begun with, as JSON; `-` reads standard input.")
        var input: JSONArgument?
        @Option(help: "When the run before is still open: skip, queue or allow (default: skip).")
        var overlap: String?
        @Option(help: ArgumentHelp("How late a run may still be started (default: 60s).", valueName: "span"))
        var catchUp: SpanArgument?
        @Option(help: ArgumentHelp("The longest delay of a run (default: none).", valueName: "span"))
        var jitter: SpanArgument?
        @Option(help: "The queue of its runs.")
        var queue: String?
        @Option(help: "The priority of its runs.")
        var priority: Int?
        @Option(help: "A tag of its runs; may be repeated.")
        var tag: [TagArgument] = []
        @Option(help: "When a run as a whole is tried again: a number of attempts, or a policy as JSON.")
        var retry: RetryArgument?
        @Flag(help: "Start nothing by itself.")
        var paused = false
        @OptionGroup var common: Common

        func validate() throws {
            if (cron == nil) == (every == nil) { throw ValidationError("give either --cron or --every") }
        }

        func run() throws {
            let result = try common.show("schedule.put") { writer in
                writer.member("schedule", schedule.name)
                writer.member("workflow", workflow)
                writer.member("cron", cron)
                writer.member("every_ms", every?.milliseconds)
                writer.member("time_zone", zone)
                writer.member("input", input?.value)
                writer.member("overlap", overlap)
                writer.member("catch_up_ms", catchUp?.milliseconds)
                writer.member("jitter_ms", jitter?.milliseconds)
                writer.member("queue", queue)
                writer.member("priority", priority)
                if !tag.isEmpty {
                    writer.object("tags") { writer in for tag in tag { writer.member(tag.name, tag.value) } }
                }
                writer.member("retry", retry?.json)
                if paused { writer.member("paused", true) }
            }
            ScheduleLine.printNext(result)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List schedules.")
        @OptionGroup var common: Common

        func run() throws {
            let connection = try common.connect()
            var table = Table(
                "SCHEDULE", "WORKFLOW", "RULE", "NEXT", "LAST RUN", "FIRED", "SKIPPED", "MISSED")
            var cursor: RawJSON?
            repeat {
                let page = try connection.call("schedule.list") { $0.member("cursor", cursor) }
                for schedule in page["schedules"]?.elements ?? [] {
                    if common.json {
                        Output.line(schedule.text)
                    } else {
                        ScheduleLine(json: schedule).add(to: &table)
                    }
                }
                cursor = page.present("more")
            } while cursor != nil
            if !common.json { table.print(orWhenEmpty: "There are no schedules.") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a schedule and its next due times.")
        @OptionGroup var schedule: Name
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("schedule.get") { $0.member("schedule", schedule.name) }
            if let json = result?["schedule"] { ScheduleLine(json: json).print() }
        }
    }

    struct Pause: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "pause", abstract: "Stop a schedule.")
        @OptionGroup var schedule: Name
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("schedule.pause") { $0.member("schedule", schedule.name) }
            if result != nil { Output.complain("schedule \(schedule.name) paused") }
        }
    }

    struct Unpause: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unpause", abstract: "Let a schedule go on with the due times to come.")
        @OptionGroup var schedule: Name
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("schedule.pause") { writer in
                writer.member("schedule", schedule.name)
                writer.member("paused", false)
            }
            ScheduleLine.printNext(result)
        }
    }

    struct Trigger: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "trigger", abstract: "Start a run now, paused or not; prints its id.")
        @OptionGroup var schedule: Name
        @Option(help: "What the run is begun with, as JSON; `-` reads standard input.")
        var input: JSONArgument?
        @Option(name: .customLong("run"), help: "The id of the run; asked for again, it is the same run.")
        var target: String?
        @OptionGroup var common: Common

        func run() throws {
            let result = try common.show("schedule.trigger") { writer in
                writer.member("schedule", schedule.name)
                writer.member("input", input?.value)
                writer.member("run", target)
            }
            if let id = result?["run"]?["id"]?.string { Output.line(id) }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Remove a schedule; its runs stay.",
            discussion: "Exit status 1 when there was none.")
        @OptionGroup var schedule: Name
        @OptionGroup var common: Common

        func run() throws { try common.delete("schedule", schedule.name) }
    }
}

/// A schedule as people read it.
private struct ScheduleLine {
    let json: RawJSON

    /// Says when a schedule is due, after it was changed.
    static func printNext(_ result: RawJSON?) {
        guard let schedule = result?["schedule"] else { return }
        let line = ScheduleLine(json: schedule)
        Output.complain("schedule \(schedule["schedule"]?.string ?? ""): next \(line.next)")
    }

    var next: String {
        if let problem = json.present("problem")?.string { return "paused: \(problem)" }
        if json["paused"]?.bool == true { return "paused" }
        return json["next_at"]?.elements.first?.int.map { RelativeTime.to($0) } ?? "never"
    }

    private var rule: String {
        if let span = json["every_ms"]?.int { return "every \(RelativeTime.span(span))" }
        return "\(json["cron"]?.string ?? "") \(json["time_zone"]?.string ?? "")"
    }

    func add(to table: inout Table) {
        table.add(
            json["schedule"]?.string ?? "", json["workflow"]?.string ?? "", rule, next,
            json["last_run"]?.string ?? "", count("fired"), count("skipped"), count("missed"))
    }

    private func count(_ name: String) -> String { "\(json[name]?.int ?? 0)" }

    func print() {
        var fields = Fields()
        fields.add("schedule", json["schedule"]?.string)
        fields.add("workflow", json["workflow"]?.string)
        fields.add("rule", rule)
        fields.add("overlap", json["overlap"]?.string)
        fields.add("next", next)
        for due in json["next_at"]?.elements.compactMap(\.int).dropFirst() ?? [] {
            fields.add("", RelativeTime.to(due))
        }
        fields.add("waiting", json["waiting_at"]?.int.map { RelativeTime.to($0) })
        fields.add("last run", json["last_run"]?.string)
        fields.add(
            "counts", "\(count("fired")) fired, \(count("skipped")) skipped, \(count("missed")) missed")
        fields.add("input", json.present("input")?.text)
        fields.print()
    }
}
