import Sidestep
import SidestepModel
import SidestepProtocol

/// The run that `sidestep run` or `sidestep torture` has opened for a script: `sidestep start` in it does not open
/// another one.
struct SupervisedRun {
    /// Says which of them, for as long as the script has not joined.
    static let variable = "SIDESTEP_SUPERVISED"
    /// The run of `sidestep run` has the id that its user chose.
    static let byRun = "run"
    /// That of `sidestep torture` has an id of its own for each round, whatever the script calls it.
    static let byTorture = "torture"

    let run: String
    let lease: String
    let socket: String

    /// The run to join; nil when nobody supervises the script.
    ///
    /// - Throws: `SidestepError` when the script asks for another run, or is itself a step of this one.
    static func joined(by id: String?) throws -> SupervisedRun? {
        guard let supervisor = Context.value(variable), let run = Context.value("SIDESTEP_RUN") else {
            return nil
        }
        guard Context.value("SIDESTEP_STEP") == nil else {
            throw refusal("a step of run '\(run)' opens a run of its own", run)
        }
        guard supervisor == byTorture || id == nil || id == run else {
            throw refusal(
                "`sidestep \(supervisor)` has opened run '\(run)' for this script, which asks for '\(id!)'",
                run)
        }
        return SupervisedRun(
            run: run, lease: Context.value("SIDESTEP_LEASE") ?? "",
            socket: Context.value("SIDESTEP_SOCKET") ?? "")
    }

    private static func refusal(_ message: String, _ run: String) -> SidestepError {
        SidestepError(
            .invalidArgument, message, run: run,
            hint: "give both the same id (`sidestep run --id ID`), or let it be a run apart: "
                + "env -u \(variable) sidestep start …"
        )
    }

    /// What a shell evaluates.
    var variables: String { Self.exports(run, lease, socket) + "; unset \(Self.variable)" }

    static func exports(_ run: String, _ lease: String, _ socket: String) -> String {
        "export SIDESTEP_RUN=\(ShellText.word(run)) SIDESTEP_LEASE=\(ShellText.word(lease)) "
            + "SIDESTEP_SOCKET=\(ShellText.word(socket))"
    }

    /// What `start` answers in JSON.
    func answer(_ connection: BlockingConnection) throws -> RawJSON {
        let known = try connection.call("run.get") { $0.member("run", run) }
        return .object { writer in
            writer.member("run", known["run"])
            if !lease.isEmpty { writer.member("lease", lease) }
        }
    }
}
