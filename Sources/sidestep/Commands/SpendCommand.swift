import ArgumentParser
import Sidestep
import SidestepProtocol

/// What runs have used.
struct SpendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spend", abstract: "Say what runs have used: calls, tokens and money.",
        discussion: """
              sidestep spend                           day by day, the last thirty days
              sidestep spend --by model --since 7d
              sidestep spend --by user                 of all users, for an administrator

            What recorded calls and the usage of steps add up to, also of runs that are deleted
            since. A day is one of your time zone, or of --zone. What a replay did not pay again is
            not in it, and stands below the table: what a run had recorded when it was taken up
            again, each time. `sidestep show RUN` has the sums of one run and of those below it.
            """)

    @Option(help: "What a line is about: day, model, workflow, user.")
    var by = "day"
    @Option(
        help: ArgumentHelp("Only what was used no longer ago than this (default: 30d).", valueName: "span"))
    var since: SpanArgument?
    @Option(help: "Only of runs of this workflow.")
    var workflow: String?
    @Option(help: "Only of this model.")
    var model: String?
    @Option(help: "Only of runs of this user; those of others are an administrator's.")
    var user: UserArgument?
    @Option(help: "The zone in which days begin, by its IANA name.")
    var zone: String?
    @OptionGroup var common: Common

    func validate() throws {
        if !["day", "model", "workflow", "user"].contains(by) {
            throw ValidationError("--by is day, model, workflow or user")
        }
    }

    func run() throws {
        let found = try common.show("run.usage") { writer in
            writer.member("by", by)
            writer.member("from_at", since.map { max(0, RelativeTime.now() - $0.milliseconds) })
            writer.member("time_zone", zone ?? LocalZone.name)
            writer.member("workflow", workflow)
            writer.member("model", model)
            writer.member("user", user?.uid)
        }
        guard let lines = found?["lines"]?.elements else { return }
        var table = Table([by.uppercased(), "CALLS", "INPUT", "CACHED", "OUTPUT", "COST"])
        let used = lines.filter { !SpendSums([$0]).isEmpty }
        for line in used { table.add(cells(line)) }
        if used.count > 1 { table.add(SpendSums(lines).cells("all")) }
        table.print(
            orWhenEmpty: "Nothing was used. Recorded calls say it by themselves, steps in their `usage`.")
        let saved = SpendSums(lines, "saved")
        if !saved.isEmpty { Output.line("Replay saved \(saved.sentence).") }
    }

    private func cells(_ line: RawJSON) -> [String] {
        let of = line["of"]?.string ?? ""
        let name = by == "user" ? Int(of).map(UserName.text) ?? of : of
        return SpendSums([line]).cells(name.isEmpty ? "(not said)" : name)
    }
}

/// Amounts of lines of `run.usage`, added up.
struct SpendSums {
    private var sums: [String: Int] = [:]

    /// - Parameter kind: `usage`, or `saved` for what replay did not pay again.
    init(_ lines: [RawJSON], _ kind: String = "usage") {
        for line in lines {
            for (name, amount) in line[kind]?.members ?? [] { sums[name, default: 0] += amount.int ?? 0 }
        }
    }

    /// Whether nothing was counted.
    var isEmpty: Bool { sums.isEmpty }

    /// A row of the table.
    func cells(_ name: String) -> [String] {
        [name] + ["requests", "input_tokens", "cached_tokens", "output_tokens"].map(text) + [cost]
    }

    /// The same in a few words.
    var sentence: String {
        let calls = sums["requests"] ?? 0
        let tokens = (sums["input_tokens"] ?? 0) + (sums["output_tokens"] ?? 0)
        return [
            calls == 1 ? "1 call" : "\(calls) calls", tokens > 0 ? "\(tokens) tokens" : "",
            cost.isEmpty ? "" : "cost \(cost)",
        ]
        .filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private func text(_ name: String) -> String { sums[name].map { "\($0)" } ?? "" }

    /// Millionths of the currency, with as many places as are not nothing, two at least.
    private var cost: String {
        guard let micros = sums["cost_micros"] else { return "" }
        let (whole, part) = micros.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var places = String(part + 1_000_000).dropFirst()
        while places.count > 2, places.last == "0" { places.removeLast() }
        return "\(micros < 0 ? "-" : "")\(whole).\(places)"
    }
}
