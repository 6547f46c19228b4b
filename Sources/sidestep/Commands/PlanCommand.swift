import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Says what a script would do, without executing anything of it.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Tell which steps of a script would be repeated and which would run. Nothing is executed.",
        discussion: """
              sidestep plan ./backup.sh
              sidestep plan ./release.sh --run release-7

            The script is read, and what it says of its steps is compared with the run's journal. A name that is put \
            together (step "convert:$f") is shown with a star, and what is recorded of it is counted.

            It does not know which way the script goes: which branches it takes, how often a loop turns, what a file \
            that it sources or a text for `sh -c` holds, whether a command outside of steps does something. What it \
            calls recorded is repeated if the script asks for it.
            """)

    @Argument(help: ArgumentHelp("The script.", valueName: "file"))
    var script: String
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("The run; the one that the script starts when left out.", valueName: "run"))
    var target: String?
    @OptionGroup var common: Common

    func run() throws {
        guard let table = CommandTable.read() else { return }
        let steps = ScriptSteps(try text(), table)
        let id = try target ?? self.id(steps.start)
        let connection = try common.connect()
        let known = try id.flatMap { try record($0, connection) }
        let forecast = Forecast(known == nil ? [] : try records(id ?? "", connection))
        var seen: Set<String> = []
        let lines = steps.steps.map(forecast.line).filter { seen.insert($0.step).inserted }
        if common.json { Output.line(json(id, known, lines).text) } else { show(id, known, lines) }
    }

    private func text() throws -> String {
        guard let file = fopen(script, "r") else {
            throw SidestepError(
                .invalidArgument, "the script \(script) cannot be read: \(String(cString: strerror(errno)))",
                hint: "name the file of a shell script")
        }
        defer { fclose(file) }
        var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 64 << 10))
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The run that the script would open; nil where each start makes a new one.
    private func id(_ start: ScriptSteps.Start?) throws -> String? {
        guard let start else { throw unnamed("the script opens no run by itself") }
        if let id = start.id, !id.isKnown { throw unnamed("the id of the run is made in line \(start.line)") }
        let base = start.id?.text ?? ScriptName.base(script)
        if start.isDaily { return "\(base)-\(RunNaming.today)" }
        if start.isPerCommit { return "\(base)-\(try RunNaming.commit())" }
        return start.id?.text
    }

    private func unnamed(_ reason: String) -> SidestepError {
        SidestepError(
            .invalidArgument, "the run is not known: \(reason)",
            hint: "name it: sidestep plan \(script) --run ID")
    }

    // MARK: - The journal

    private func record(_ id: String, _ connection: BlockingConnection) throws -> RawJSON? {
        do { return try connection.call("run.get") { $0.member("run", id) }["run"] } catch let error
            as SidestepError
            where error.kind == .runNotFound
        { return nil }
    }

    private func records(_ id: String, _ connection: BlockingConnection) throws -> [RawJSON] {
        var records: [RawJSON] = []
        try RecordedSteps(run: id, connection: connection).pages(size: 10_000) { steps in
            records += steps
            return true
        }
        return records
    }

    // MARK: - Telling

    private func show(_ id: String?, _ known: RawJSON?, _ lines: [Forecast.Line]) {
        Output.line(Self.opening(id, known))
        guard !lines.isEmpty else { return Output.line("The script has no steps that can be seen.") }
        Output.line("")
        var table = Table("LINE", "STEP", "WHAT WOULD HAPPEN", "WHY")
        for line in lines {
            table.add("\(line.line)", line.step, line.outcome.rawValue.replacing("_", with: " "), line.reason)
        }
        table.print(orWhenEmpty: "")
    }

    private static func opening(_ id: String?, _ known: RawJSON?) -> String {
        guard let id else { return "Each start makes a run of its own: everything would run." }
        guard let known else { return "There is no run \(id) yet: everything would run." }
        switch RunLine(known).run["status"]?.string {
        case "completed":
            return "Run \(id) is completed: what is recorded is repeated, and nothing new can run."
        case "running":
            return "Run \(id) is executed now (\(RunLine(known).owner)): another start is refused or waits."
        default: return "Run \(id) is \(known["status"]?.string ?? ""): it would go on."
        }
    }

    private func json(_ id: String?, _ known: RawJSON?, _ lines: [Forecast.Line]) -> RawJSON {
        .object { writer in
            writer.member("run", id)
            writer.member("status", known?["status"])
            writer.array("steps") { writer in
                for line in lines {
                    writer.beginObject()
                    writer.member("line", line.line)
                    writer.member("step", line.step)
                    writer.member("outcome", line.outcome.rawValue)
                    writer.member("reason", line.reason)
                    writer.endObject()
                }
            }
        }
    }
}
