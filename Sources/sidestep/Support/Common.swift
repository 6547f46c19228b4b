import ArgumentParser
import Sidestep
import SidestepModel
import SidestepProtocol

/// What every command understands.
struct Common: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's socket.", valueName: "path"))
    var socket: String?

    @Flag(help: "Print the daemon's answer as it is.")
    var json = false

    /// A connection to the daemon.
    func connect() throws -> BlockingConnection { try BlockingConnection(socket: socket) }

    /// Calls one method.
    ///
    /// - Returns: the result, or nil when it was printed because of `--json`.
    func show(_ method: String, _ write: (inout JSONWriter) -> Void) throws -> RawJSON? {
        let result = try connect().call(method, write)
        guard json else { return result }
        Output.line(result.text)
        return nil
    }
}

/// The run a command works on: an argument, or the one of the script.
struct RunArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The run; SIDESTEP_RUN when left out.", valueName: "run"))
    var run: String?

    func name() throws -> String { try run ?? Context.run() }
}

/// What `sidestep start` put into the environment.
enum Context {
    static func value(_ name: String) -> String? { Environment.current[name] }

    /// The run of the script.
    static func run() throws -> String {
        if let run = value("SIDESTEP_RUN") { return run }
        throw SidestepError(
            .invalidArgument, "there is no run: SIDESTEP_RUN is not set",
            hint: "put this before it: s=$(sidestep start my-run) && eval \"$s\" || exit")
    }

    /// Says that nothing is written because the run had ended before the script began: it was written the
    /// first time.
    static func isOver() throws -> Bool {
        let run = try run()
        guard value("SIDESTEP_LEASE") == nil else { return false }
        Output.complain("sidestep: run \(run) had ended before; nothing was written")
        return true
    }

    /// The lease of the script's run.
    static func lease() throws -> String {
        let run = try run()
        if let lease = value("SIDESTEP_LEASE") { return lease }
        throw SidestepError(
            .runClosed, "the run \(run) has ended; nothing can be recorded for it", run: run,
            hint:
                "to begin it again: s=$(sidestep start \(ShellText.word(run)) --if-closed rerun) && eval \"$s\" || exit"
        )
    }
}
