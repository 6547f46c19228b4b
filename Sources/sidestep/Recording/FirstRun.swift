import Glibc
import Sidestep
import SidestepHost
import SidestepModel
import SidestepProtocol
import SidestepRecorder
import SidestepWorkspace

/// One start of a program whose calls are recorded for a run of its own.
struct FirstRun {
    let run: String
    let end: SupervisedProgram.End
    let report: RecorderReport
    /// The folder as it was before.
    let workspace: Workspace?

    init(
        _ command: [String], _ id: String?, _ recording: RecordArguments, _ folder: WorkspaceOptions,
        _ connection: BlockingConnection
    ) throws {
        let opened = try connection.call("resume") { writer in
            writer.member("run", id)
            writer.member("workflow", "doctor")
            writer.member("if_closed", "rerun")
            writer.member("owner", "process")
            writer.member("budget", recording.budget.json)
        }
        let lease = opened.present("lease")?.string ?? ""
        run = opened["run"]?["id"]?.string ?? ""
        // What an earlier start recorded would be given again.
        guard opened["created"]?.bool == true else {
            _ = try? connection.call("run.release") { $0.member("lease", lease) }
            throw SidestepError(
                .runConflict, "run \(run) has begun and is not over", run: run,
                hint: "Leave --id out, or name a run that is not there or has ended.")
        }
        workspace = try folder.open(for: opened["run"] ?? .emptyObject, connection)
        try workspace?.prepareTelling(of: run)
        (end, report) = try Self.start(command, opened, lease, recording, connection.path)
        let method = end.status == 0 ? "run.complete" : "run.fail"
        _ = try PatientCalls(socket: connection.path, patience: .seconds(60)).call(method) { writer in
            writer.member("lease", lease)
            let status = Int(end.status)
            writer.object(end.status == 0 ? "output" : "error") { $0.member("exit", status) }
            if end.status != 0 { writer.member("retryable", false) }
        }
    }

    private static func start(
        _ command: [String], _ opened: RawJSON, _ lease: String, _ recording: RecordArguments,
        _ socket: String
    ) throws -> (SupervisedProgram.End, RecorderReport) {
        let run = opened["run"]?["id"]?.string ?? ""
        var environment = Environment.ofPrograms
        environment.join(run, at: socket, in: opened["traceparent"]?.string)
        environment.variables["SIDESTEP_LEASE"] = lease
        // It was made a moment ago: it has no budget but this command's.
        let recorder = try RunRecorder(
            run: run, socket: socket, recording.options(environment, hasBudget: false))
        let word = WorkMark.run(opened["run"]?["uid"]?.string ?? run, epoch: opened["epoch"]?.int ?? 1)
        return try recorder.run(command, in: environment, lease: lease, as: word)
    }
}
