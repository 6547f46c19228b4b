import ArgumentParser
import Glibc
import Sidestep
import SidestepHost

/// Runs a command as a step for every line of standard input.
struct EachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "each",
        abstract: "Run a command once for every line of standard input, several at a time.",
        discussion: """
              sidestep each fetch -j 8 -- curl -sfO {} <urls
              find . -name '*.flac' -print0 | sidestep each convert -0 -- sh -c 'ffmpeg -i "$1" "$1.mp3"' sh {}

            Every line is a step of the script's run, named NAME:LINE: the same line is the same step whatever the \
            order, and one that comes again is counted. {} stands for the line; without it the line is the last \
            argument. A line that was done before is not done again: kill it anywhere and start the script again.

            What the commands print is recorded, and printed in the order of the lines, as a whole when a command has \
            ended. Their standard input is empty. A line that fails does not keep the others from being done, unless \
            --fail-fast is given.

            Exit status: how many lines failed, 63 for 63 and more; 64 and above are sidestep's own.
            """)

    @Argument(help: "What all its steps are called; without a colon.")
    var name: String
    @Option(
        name: [.customShort("j"), .long],
        help: ArgumentHelp("Commands at a time; the machine's processors when left out.", valueName: "n"))
    var jobs: Int?
    @Flag(
        name: [.customShort("0"), .customLong("null")],
        help: "Lines end with NUL, as find -print0 writes them.")
    var isNull = false
    @Flag(help: "Begin no more lines after one has failed.")
    var failFast = false
    @Option(help: ArgumentHelp("Attempts of each line in all, or a policy as JSON.", valueName: "n|json"))
    var retry: RetryArgument?
    @Flag(help: "Never repeat a command by itself: one that dies half-way is unknown until resolved.")
    var atMostOnce = false
    @Option(help: ArgumentHelp("How long one attempt may take: 30s, 5m.", valueName: "span"))
    var timeout: SpanArgument?
    @Option(help: ArgumentHelp("Bytes of standard output to record of a line at most.", valueName: "bytes"))
    var outputLimit = OutputLimit.usual
    @Flag(name: .shortAndLong, help: "Show no progress on a terminal, and name no failures.")
    var quiet = false
    @OptionGroup var common: Common
    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        if command.isEmpty { throw ValidationError("no command: write it after --") }
        if let jobs, !(1...Self.mostJobs).contains(jobs) {
            throw ValidationError("--jobs is 1 to \(Self.mostJobs)")
        }
        if !(0...Self.mostOutput).contains(outputLimit) {
            throw ValidationError(
                "--output-limit is 0 to \(Self.mostOutput); let the command write larger things into files")
        }
        if let problem = EachNames.problem(name) { throw ValidationError(problem) }
    }

    /// Written as JSON a byte may take six, and the daemon takes lines of 64 MiB.
    private static let mostOutput = 10 << 20

    /// Each takes a descriptor, of which a process has 1024 as a rule.
    private static let mostJobs = 512

    func run() throws {
        let connection = try common.connect()
        let base = Context.value("SIDESTEP_STEP").map { "\($0)/\(name)" } ?? name
        let names = EachNames(base)
        let run = try EachRun(connection, names: names)
        let loop = EachLoop(
            options, run, ProgramArguments.bytes(ofLast: command.count), connection,
            items: ItemReader(separator: isNull ? 0 : 10), names: names, base: base,
            results: EachResults(json: common.json, isShown: !quiet))
        if run.lease != nil { loop.endLeftovers(base) }
        try loop.work()
        if !quiet { loop.results.tell(name, run: run.id) }
        Glibc.exit(loop.results.status)
    }

    private var options: EachLoop.Options {
        EachLoop.Options(
            jobs: jobs ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), failFast: failFast,
            atMostOnce: atMostOnce, retry: retry?.json, timeout: timeout?.duration, outputLimit: outputLimit)
    }
}
