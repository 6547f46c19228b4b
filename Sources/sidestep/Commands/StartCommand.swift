import ArgumentParser
import Glibc
import Sidestep
import SidestepModel
import SidestepProtocol

/// Opens a run for a script.
struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Open a run, or come back to it, for the script that calls this.",
        discussion: """
            The script owns the run: it is let go when the script's process ends. What is printed sets \
            SIDESTEP_RUN, SIDESTEP_LEASE and SIDESTEP_SOCKET:

              s=$(sidestep start backup-2026-01-01) && eval "$s" || exit
              s=$(sidestep start --daily) && eval "$s" || exit

            (Where this program is not on the path, `eval "$(…)"` would evaluate nothing, and succeed.)

            Opened again after a failure, the run keeps its finished steps and forgets the failed ones. A run \
            that has completed stays closed: SIDESTEP_LEASE is empty then, and `sidestep step` only repeats what was \
            recorded. A run whose steps were undone when it was cancelled is refused: `--if-closed rerun` does all \
            of it again.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case sh, json }
    enum IfClosed: String, ExpressibleByArgument, CaseIterable { case `return`, retry, rerun, fail }
    enum IfOwned: String, ExpressibleByArgument, CaseIterable {
        case fail, wait, takeOver = "take-over", kill
    }

    @Argument(help: ArgumentHelp("The run's id; a new one when left out.", valueName: "run"))
    var id: String?
    @Option(help: "The name of the kind of run.")
    var workflow: String?
    @Option(help: "What the run works on, as JSON; `-` reads it from standard input.")
    var input: JSONArgument?
    @Option(help: "What to do with a run that has ended.")
    var ifClosed: IfClosed = .retry
    @Option(help: "What to do with a run that another process executes.")
    var ifOwned: IfOwned = .fail
    @Option(help: ArgumentHelp("How long `--if-owned wait` and `--orphan wait` wait.", valueName: "span"))
    var wait: SpanArgument?
    @Option(help: "A tag to find the run by; may be repeated.")
    var tag: [TagArgument] = []
    @Option(
        help: ArgumentHelp("The process that owns the run.", discussion: "The caller's own when left out."))
    var ownerPid: Int32?
    @Option(help: "What to do with processes that steps of an earlier execution left working.")
    var orphan: Orphans.Handling = .end
    @Flag(help: "Keep failed steps as failed instead of running them again.")
    var keepFailed = false
    @Option(help: "Print variables for a shell, or the daemon's answer.")
    var shell: Format = .sh
    @OptionGroup var naming: RunNaming
    @Flag(name: .shortAndLong, help: "Say nothing but what is wrong.")
    var quiet = false
    @OptionGroup var common: Common

    mutating func run() throws {
        if quiet { Quiet.begin() }
        do {
            if let named = try naming.named(id, owner: ownerPid ?? getppid()) {
                (id, workflow, input) = (
                    named.id, workflow ?? named.workflow, input ?? named.input.map(JSONArgument.init)
                )
            }
            try open()
        } catch let error as SidestepError {
            // `eval ""` would succeed, and a script under `set -e` go on without its run.
            if shell == .sh && !common.json { Output.line("(exit \(Complaint(error).status))") }
            throw naming.explained(error)
        }
    }

    /// Whether the daemon's answer is printed, and not variables.
    private var isJSON: Bool { shell == .json || common.json }

    private func open() throws {
        if ownerPid == nil { try Self.refuseAdoption() }
        if let joined = try SupervisedRun.joined(by: id) {
            return Output.line(isJSON ? try joined.answer(common.connect()).text : joined.variables)
        }
        let connection = try common.connect()
        var result = try connection.call("resume", resume)
        if let run = result["run"]?["id"]?.string, result.present("lease") != nil,
            result["created"]?.bool != true
        {
            let steps = RecordedSteps(run: run, connection: connection)
            try settleOrphans(of: steps, result, connection)
            if ifClosed == .retry, !keepFailed, try !steps.names(.failed, limit: 1).isEmpty {
                result = try reopen(result, connection)
            }
        }
        Output.line(isJSON ? result.text : variables(result, socket: connection.path))
    }

    /// The process that started us.
    private static let parent = getppid()

    /// A script that is killed while this runs leaves us to process 1, or another that takes in orphans: it would own
    /// the run for as long as the machine is up. It is in no session of ours. What dies later the daemon refuses: it is
    /// no ancestor of ours then.
    private static func refuseAdoption() throws {
        guard getsid(parent) == getsid(0) else {
            throw SidestepError(
                .notPermitted, "whoever called this has ended, and no other process is to own the run",
                hint: "`--owner-pid` names the process that is to own it")
        }
    }

    /// Sees to what steps without a result left working; a run that cannot be gone on with is given back.
    private func settleOrphans(
        of steps: RecordedSteps, _ result: RawJSON, _ connection: BlockingConnection
    ) throws {
        let uid = result["run"]?["uid"]?.string ?? ""
        let open = try steps.names(.backoff) + steps.names(.unknown)
        do {
            try Orphans(keys: open.map { "\(uid)/\($0)" }).settle(orphan, within: wait?.duration)
        } catch {
            try connection.call("run.release") { $0.member("lease", result["lease"]) }
            throw error
        }
    }

    /// The script ended after a step of it had failed. That is a failed run, and a failed run is opened again
    /// here.
    private func reopen(_ result: RawJSON, _ connection: BlockingConnection) throws -> RawJSON {
        let id = result["run"]?["id"]?.string
        try connection.call("run.fail") { writer in
            writer.member("lease", result["lease"])
            writer.member("error", Self.endedAfterFailure)
            writer.member("retryable", false)
        }
        return try connection.call("resume") { resume(&$0, id: id) }
    }

    private static let endedAfterFailure = RawJSON.object { writer in
        writer.member("type", "exit")
        writer.member("message", "the script ended after a failed step")
    }

    private func resume(_ writer: inout JSONWriter) { resume(&writer, id: id) }

    private func resume(_ writer: inout JSONWriter, id: String?) {
        writer.member("run", id)
        writer.member("workflow", workflow)
        writer.member("input", input?.value)
        writer.member("if_closed", ifClosed.rawValue)
        writer.member("if_owned", ifOwned == .takeOver ? "take_over" : ifOwned.rawValue)
        writer.member("wait_ms", wait?.milliseconds)
        // Each step asks for its record by itself.
        if !isJSON { writer.member("steps", "none") }
        if !tag.isEmpty {
            writer.object("tags") { writer in
                for tag in tag { writer.member(tag.name, tag.value) }
            }
        }
        writer.member("owner", "process")
        writer.member("owner_pid", Int(ownerPid ?? Self.parent))
        writer.member("traceparent", TracePlace.given)
    }

    private func variables(_ result: RawJSON, socket: String) -> String {
        let exports = SupervisedRun.exports(
            result["run"]?["id"]?.string ?? "", result["lease"]?.string ?? "", socket)
        // A script that is itself a step has a run of its own now.
        return "\(exports); unset SIDESTEP_STEP SIDESTEP_IDEMPOTENCY_KEY"
    }
}
