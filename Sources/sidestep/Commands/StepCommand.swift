import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol

/// Runs a command as a step of the script's run.
struct StepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step",
        abstract: "Run a command once in the life of the run.",
        discussion: """
            The command's standard output is recorded. A step that finished before does not run its command: \
            it prints what was recorded and exits with the recorded status.

              sidestep step fetch --retry 3 -- curl -sf https://example.org/data
              total=$(sidestep step sum -- awk '{s+=$1} END {print s}' numbers)

            Large results are files: --produces data.tar runs the command again when the file is missing or changed.
            Names are unique in a run; in a loop put the item into the name: sidestep step "convert:$f" -- …
            The command finds SIDESTEP_STEP and SIDESTEP_IDEMPOTENCY_KEY in its environment.
            Exit status, the same when the step is repeated: the command's; 128 + n when signal n ended it; 126 not \
            executable, 127 not found; 124 a time-out, 122 more output than --output-limit. Sidestep's own when the \
            step could not be begun or recorded: 64, 69, 70, 75; --status-file tells whose it is.
            """)

    @Argument(help: ArgumentHelp("The name of the step, unique in the run.", valueName: "step"))
    var name: String
    @Option(help: ArgumentHelp("Attempts in all, or a policy as JSON.", valueName: "n|json"))
    var retry: RetryArgument?
    @Flag(
        help: "Never repeat the command by itself: if it dies half-way, the step is unknown until resolved.")
    var atMostOnce = false
    @Option(help: ArgumentHelp("How long one attempt may take: 30s, 5m.", valueName: "span"))
    var timeout: SpanArgument?
    @Option(help: ArgumentHelp("Bytes of standard output to record at most.", valueName: "bytes"))
    var outputLimit = OutputLimit.usual
    @Option(help: "Text the step depends on: a finished step asked for with another one is refused.")
    var fingerprint: String?
    @OptionGroup var produced: ProducedFiles
    @OptionGroup var files: EnvironmentFiles
    @Flag(
        name: .shortAndLong,
        help: "Print nothing of the output, which is recorded, and say only what is wrong.")
    var quiet = false
    @OptionGroup var handling: StepHandling
    @OptionGroup var common: Common
    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.")
    var command: [String] = []

    /// The step's name in the journal: a step inside a step carries its name, as in all clients.
    private var step: String {
        StepNames.shortened(Context.value("SIDESTEP_STEP").map { "\($0)/\(name)" } ?? name)
    }

    func validate() throws {
        if command.isEmpty { throw ValidationError("no command: write it after --") }
        if outputLimit < 0 { throw ValidationError("--output-limit is 0 or more") }
    }

    mutating func run() throws {
        if quiet { Quiet.begin() }
        do {
            try files.check()
            try perform(StepInput(handling.stdin))
        } catch let error as SidestepError {
            StepExit.write(.sidestep(error.kind), Complaint(error).status, to: handling.statusFile)
            throw error
        }
    }

    private mutating func perform(_ input: StepInput) throws {
        let run = try Context.run()
        let connection = try common.connect()
        if !produced.produces.isEmpty { try chooseMaking(run, connection) }
        if Context.value("SIDESTEP_LEASE") == nil { try repeatClosed(run, connection) }
        let lease = try Context.lease()
        try OutputLimit.check(outputLimit, connection)
        let calls = PatientCalls(socket: connection.path, patience: Self.patience, connection: connection)
        while true {
            let begun = try begin(lease, input, connection)
            switch begun["status"]?.string {
            case "completed": repeatAndExit(begun["output"] ?? .null)
            case "execute":
                pause(begun["delay_ms"]?.int ?? 0)
                try attempt(begun, lease, input, calls, socket: connection.path)
            default: throw SidestepError(.unexpectedReply, "the daemon does not say what becomes of the step")
            }
        }
    }

    /// How long a daemon that cannot record what the command did is waited for.
    private static let patience: Duration = .seconds(300)

    // MARK: - Beginning

    private func begin(
        _ lease: String, _ input: StepInput, _ connection: BlockingConnection
    ) throws -> RawJSON {
        do {
            return try connection.call("run-step") { writer in
                writer.member("lease", lease)
                writer.member("step", step)
                writer.member("client", true)
                writer.member("fingerprint", fingerprint(input))
                input.write(to: &writer)
                if atMostOnce { writer.member("at_most_once", true) }
                writer.member("retry", retry?.json)
                if let timeout {
                    writer.object("timeouts") { $0.member("start_to_close_ms", timeout.milliseconds) }
                }
            }
        } catch let error as SidestepError where error.kind == .stepFailed {
            Output.complain(
                "sidestep: step \(step) has failed before: \(error.failure?["message"]?.string ?? "")")
            repeatAndExit(error.failure ?? .null)
        }
    }

    /// Takes the name of the making whose files are still there, or of a new one.
    ///
    /// A step has one result for good, so each making is a step of its own: `build`, then `build@2`.
    private mutating func chooseMaking(_ run: String, _ connection: BlockingConnection) throws {
        let (first, steps) = (name, RecordedSteps(run: run, connection: connection))
        var (number, reason) = (1, String?.none)
        while let problem = produced.problem(try steps.output(step)) {
            if atMostOnce {
                throw SidestepError(
                    .stepMismatch, "step \(step) is done, but \(problem)", run: run, step: step,
                    hint:
                        "an at-most-once step is never repeated by itself; leave --at-most-once out, or name it anew"
                )
            }
            (number, reason) = (number + 1, problem)
            name = "\(first)@\(number)"
        }
        if let reason, try steps.output(step) == nil {
            Output.note("sidestep: step \(first) runs again: \(reason)")
        }
    }

    /// The run has ended: what it recorded can still be repeated.
    private func repeatClosed(_ run: String, _ connection: BlockingConnection) throws {
        let record = (try? RecordedSteps(run: run, connection: connection).record(step)) ?? nil
        switch record?["status"]?.string {
        case "completed": repeatAndExit(record?["output"] ?? .null)
        case "failed": repeatAndExit(record?["error"] ?? .null)
        default: return
        }
    }

    private func repeatAndExit(_ record: RawJSON) -> Never {
        StepRecordText(record, json: common.json, isQuiet: quiet).repeatAndExit(
            statusFile: handling.statusFile)
    }

    /// What the step depends on.
    private func fingerprint(_ input: StepInput) -> String? {
        let parts = [fingerprint, input.fingerprint].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }

    private func pause(_ milliseconds: Int) {
        if milliseconds > 0 { usleep(UInt32(clamping: milliseconds * 1000)) }
    }

    // MARK: - One attempt

    /// Runs the command. Exits the program unless there is another attempt.
    private func attempt(
        _ begun: RawJSON, _ lease: String, _ input: StepInput, _ calls: PatientCalls, socket: String
    ) throws {
        let key = begun["idempotency_key"]?.string
        let number = begun["attempt"]?.int ?? 1
        // The attempt before may have lost its script, and not have ended with it.
        if number > 1, let key { try Orphans(keys: [key]).settle(.end) }
        var process = StepProcess(arguments: command, word: WorkMark.step(key: key ?? step, attempt: number))
        process.input = input.stream(step: step)
        try files.add(to: &process.environment)
        process.environment.variables["SIDESTEP_STEP"] = step
        process.environment.variables["SIDESTEP_IDEMPOTENCY_KEY"] = key
        process.environment.variables["SIDESTEP_SOCKET"] = socket
        if let place = begun["traceparent"]?.string {
            process.environment.variables[TracePlace.variable] = place
        }
        process.timeout = timeout?.duration
        process.outputLimit = outputLimit
        // Of a retried command only the last attempt's output counts, as it does when the step is repeated
        // later.
        process.isLive = !quiet && !common.json && (retry == nil || isatty(1) == 1)
        var ended = try process.run()
        ended.accepted = handling.accept.statuses
        if ended.isSuccess { (ended.produced, ended.productProblem) = produced.look() }
        // Somebody stopped us, not the step's own doing: it is left as begun.
        if let signal = ended.stoppedBy, ended.status != 0 { SignalRelay.die(of: signal) }
        if ended.isSuccess {
            do {
                try complete(ended, begun, lease, input, calls)
                finish(ended, process)
            } catch let error as SidestepError where error.kind == .payloadTooLarge {
                ended = ended.unsendable(error)
            }
        }
        let answer = try fail(&ended, begun, lease, calls)
        guard answer["retry"]?.bool == true else { finish(ended, process) }
        let delay = answer["delay_ms"]?.int ?? 0
        Output.note("sidestep: step \(step): \(ended.message); again in \(RelativeTime.span(delay))")
        pause(delay)
    }

    private func finish(_ ended: StepProcess.Ended, _ process: StepProcess) -> Never {
        if common.json {
            Output.line((ended.isSuccess ? ended.record : ended.failure).text)
        } else if !process.isLive && !quiet {
            Output.print(ended.output)
        }
        if ended.isHeld && ended.isSuccess {
            Output.note(
                "sidestep: step \(step): what the command left running holds its output, and is not waited for; "
                    + "what it prints from now on is lost")
        }
        if let trouble = ended.trouble { Output.complain("sidestep: step \(step): \(trouble)") }
        let status = ended.isSuccess ? ended.status : ended.statusOfFailure
        StepExit.write(StepExit.Source(type: ended.failureType), status, to: handling.statusFile)
        Glibc.exit(status)
    }

    private func complete(
        _ ended: StepProcess.Ended, _ begun: RawJSON, _ lease: String, _ input: StepInput,
        _ calls: PatientCalls
    ) throws {
        try calls.call("step.complete") { writer in
            writer.member("lease", lease)
            writer.member("step", step)
            writer.member("output", ended.record)
            writer.member("attempt", begun["attempt"])
            writer.member("fingerprint", fingerprint(input))
        }
    }

    private func fail(
        _ ended: inout StepProcess.Ended, _ begun: RawJSON, _ lease: String, _ calls: PatientCalls
    ) throws -> RawJSON {
        do {
            return try report(ended, begun, lease, calls)
        } catch let error as SidestepError where error.kind == .payloadTooLarge && ended.sendError == nil {
            ended = ended.unsendable(error)
            return try report(ended, begun, lease, calls)
        }
    }

    private func report(
        _ ended: StepProcess.Ended, _ begun: RawJSON, _ lease: String, _ calls: PatientCalls
    ) throws -> RawJSON {
        do {
            return try calls.call("step.fail") { writer in
                writer.member("lease", lease)
                writer.member("step", step)
                writer.member("error", ended.failure)
                writer.member("types", ended.types)
                if !ended.isRetryable { writer.member("retryable", false) }
                writer.member("attempt", begun["attempt"])
                writer.member("retry", retry?.json)
            }
        } catch let error as SidestepError where error.kind == .attemptSuperseded {
            // The daemon's clock ended the attempt before ours did; it knows what comes next.
            return .object { $0.member("retry", true) }
        }
    }
}
