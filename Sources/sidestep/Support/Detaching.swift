import Glibc
import Sidestep
import SidestepHost
import SidestepModel
import SidestepProtocol

/// Hands a program to the daemon: a step of the run in which the daemon runs its supervisor.
///
/// A step of the daemon is at least once: whoever ends the supervisor, the daemon's own death included, it
/// is started again,
/// until it has closed the run; and a closed run ends its steps.
struct Detaching {
    /// What a program gets of the environment in which it was handed over; secrets in it would stand in the
    /// journal.
    private static let kept = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "XDG_STATE_HOME", "VIRTUAL_ENV",
    ]

    private let command: RunCommand
    /// What it understands of recording.
    private let recording: [String]

    init(_ command: RunCommand) throws {
        self.command = command
        recording = try command.recording.words(.current)
    }

    func begin() throws {
        if let word = ProgramArguments.unreadable(ofAll: true) {
            throw SidestepError(
                .invalidArgument,
                "'\(word)' is no UTF-8, and the daemon keeps the words of a program as texts",
                hint: "Put the program into a script, or run it without --detach.")
        }
        let connection = try command.common.connect()
        let opened = try connection.call("resume", command.resume)
        guard let run = opened["run"]?["id"]?.string, let lease = opened.present("lease")?.string else {
            return Output.complain("sidestep: the run has ended and is not run again")
        }
        let handOver = try HandOver(opened, of: run, connection)
        do {
            try connection.call("run-step") { writer in
                writer.member("lease", lease)
                writer.member("step", StepRecord.supervisor)
                writer.object("exec") { write(run, handOver, connection.path, &$0) }
                // It ends for good by closing the run; every other end is an accident.
                writer.object("retry") { writer in
                    writer.member("max_attempts", 0)
                    writer.member("initial_ms", 1000)
                }
                writer.member("fingerprint", "detached")
                writer.member("wait_ms", 0)
            }
        } catch let error as SidestepError where error.kind == .timeout {
            // It goes on: that is what was asked for.
        }
        try connection.call("run.release") { $0.member("lease", lease) }
        Output.line(run)
    }

    private func write(
        _ run: String, _ handOver: HandOver, _ socket: String, _ writer: inout JSONWriter
    ) {
        writer.member("argv", arguments(run, handOver, socket))
        writer.member("cwd", RunCommand.directory)
        writer.object("env") { writer in for (name, value) in variables { writer.member(name, value) } }
        writer.member("max_output_bytes", 0)
        writer.member("kill_grace_ms", Int(min(command.killAfter.milliseconds + 2000, 600_000)))
    }

    private func arguments(_ run: String, _ handOver: HandOver, _ socket: String) -> [String] {
        var arguments = [
            Self.ownPath, "run", "--id", run, "--socket", socket, "--restart", command.restart.rawValue,
        ]
        arguments += [
            "--max-restarts", "\(command.maxRestarts)", "--no-restart-exit", command.noRestartExit.text,
        ]
        if !command.successExit.text.isEmpty { arguments += ["--success-exit", command.successExit.text] }
        arguments += [
            "--kill-after", "\(command.killAfter.milliseconds)ms", "--allow-change", "--handed-over",
            handOver.text,
            "--umask", UmaskArgument.ours.text,
        ]
        // The names of the files stand in the journal, and not what is in them.
        for file in command.files.envFile { arguments += ["--env-file", RunCommand.absolute(file)] }
        arguments += command.folder.words
        if command.workspaceAt != .start { arguments += ["--workspace-at", command.workspaceAt.rawValue] }
        arguments += recording
        if let workflow = command.workflow { arguments += ["--workflow", workflow] }
        return arguments + ["--"] + command.command
    }

    private var variables: [(String, String)] {
        let here = Environment.current
        var found = Self.kept.compactMap { name in here[name].map { (name, $0) } }
        for entry in command.env {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            found.removeAll { $0.0 == parts[0] }
            if let value = parts.count == 2 ? parts[1] : here[parts[0]] { found.append((parts[0], value)) }
        }
        return found
    }

    private static var ownPath: String {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = path.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
        return count > 0 ? String(decoding: path.prefix(count), as: UTF8.self) : "sidestep"
    }
}
