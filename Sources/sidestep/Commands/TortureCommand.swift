import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Proves that a program survives being killed.
struct TortureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "torture",
        abstract:
            "Kill a program at every step boundary and at random points, and compare what it leaves behind.",
        discussion: """
              sidestep torture --file report.txt --kills 20 -- ./nightly.sh
              sidestep torture --check 'sqlite3 shop.db .dump' --reset 'cp shop.empty shop.db' -- python order.py

            The program is run undisturbed first. Then it is run again for each kill, with SIGKILL to its whole \
            process group, and started again until it ends. What is named by --file and printed by --check must \
            be the same each time. Before each run --reset is carried out; without it the files are removed, so \
            they must not be there at the beginning. The program finds SIDESTEP_RUN and SIDESTEP_LEASE as under \
            `sidestep run`; its runs are deleted.

            Exit status: 0 all the same, 1 a difference, 125 the program does not succeed undisturbed.
            """)

    @Option(help: "Kills at random points, besides those after each step.")
    var kills = 10
    @Option(help: ArgumentHelp("A file that the program writes; may be repeated.", valueName: "path"))
    var file: [String] = []
    @Option(
        help: ArgumentHelp(
            "A shell command that prints what the program did; may be repeated.", valueName: "command"))
    var check: [String] = []
    @Option(help: ArgumentHelp("A shell command that undoes it all, before each run.", valueName: "command"))
    var reset: String?
    @Option(help: "Where chance begins; printed by each report.")
    var seed: UInt64 = .random(in: 0..<1_000_000)
    @OptionGroup var common: Common
    @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("no program: write it after --") }
        if file.isEmpty && check.isEmpty {
            throw ValidationError("nothing to compare: name a --file or a --check")
        }
        if kills < 0 { throw ValidationError("--kills is 0 or more") }
    }

    func run() throws {
        let socket = try common.connect().path
        if reset == nil, let there = file.first(where: { access($0, F_OK) == 0 }) {
            throw SidestepError(
                .invalidArgument, "\(there) is there already and would be removed before each run",
                hint: "remove it yourself, or name a --reset")
        }
        let (right, undisturbed) = try once(.never, 0, socket, limit: .seconds(3600))
        guard undisturbed.problem == nil else {
            Output.complain("sidestep: undisturbed, the program \(undisturbed.problem!)")
            Glibc.exit(125)
        }
        if !common.json {
            Output.line(
                "undisturbed: \(undisturbed.steps.count) steps in \(undisturbed.duration.milliseconds) ms; "
                    + right.summary
            )
        }
        let limit = undisturbed.duration * 10 + .seconds(10)
        var reports: [Report] = []
        for (index, plan) in plans(undisturbed).enumerated() {
            let (effects, result) = try once(plan.kill, index + 1, socket, limit: limit)
            var report = Report(point: plan.name, wasKilled: result.wasKilled)
            report.difference =
                result.problem.map { "the program \($0)" } ?? effects.difference(from: right)
                ?? (result.steps == undisturbed.steps
                    ? nil : "other steps were recorded: \(result.steps.joined(separator: ", "))")
            if !common.json { Output.line(report.line) }
            reports.append(report)
        }
        clear()
        finish(reports)
    }

    /// One run from the beginning to what it left behind.
    private func once(
        _ kill: TortureRound.Kill, _ number: Int, _ socket: String, limit: Duration
    ) throws -> (Effects, TortureRound.Result) {
        clear()
        let round = try TortureRound(
            run: "torture-\(getpid())-\(seed)-\(number)", socket: socket, command: command, limit: limit)
        let result = try round.perform(kill)
        return (Effects(files: file, checks: check), result)
    }

    private func clear() {
        guard let reset else { return file.forEach { unlink($0) } }
        guard system(reset) == 0 else {
            Output.complain("sidestep: --reset failed: \(reset)")
            Glibc.exit(125)
        }
    }

    private func plans(_ undisturbed: TortureRound.Result) -> [(name: String, kill: TortureRound.Kill)] {
        let boundaries = undisturbed.steps.enumerated().map { index, step in
            (name: "after step \(index + 1), \(step)", kill: TortureRound.Kill.afterStep(index + 1))
        }
        var chance = Chance(state: seed)
        let span = max(1, undisturbed.duration.milliseconds)
        let random = (0..<kills).map { _ in
            let time = Int(chance.next() % UInt64(span))
            return (name: "at \(time) ms", kill: TortureRound.Kill.at(.milliseconds(time)))
        }
        return boundaries + random
    }

    private struct Report {
        let point: String
        let wasKilled: Bool
        var difference: String?

        var verdict: String { difference ?? (wasKilled ? "same" : "same (it had ended before)") }
        var line: String { "killed \(point): \(verdict)" }
    }

    private func finish(_ reports: [Report]) -> Never {
        let wrong = reports.count { $0.difference != nil }
        let late = reports.count { !$0.wasKilled }
        if common.json {
            Output.line(
                RawJSON.object { writer in
                    writer.member("seed", Int(clamping: seed))
                    writer.member("kills", reports.count - late)
                    writer.member("differences", wrong)
                    writer.array("points") { writer in
                        for report in reports {
                            writer.beginObject()
                            writer.member("point", report.point)
                            writer.member("killed", report.wasKilled)
                            writer.member("difference", report.difference)
                            writer.endObject()
                        }
                    }
                }.text)
        } else {
            Output.line(
                "\(reports.count - late) kills, \(late) came too late: "
                    + (wrong == 0
                        ? "the effects are the same each time" : "\(wrong) times the effects differ")
                    + " (seed \(seed))")
        }
        Glibc.exit(wrong == 0 ? 0 : 1)
    }
}

/// Chance that begins where it is told: SplitMix64, public domain, Sebastiano Vigna 2015.
struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
