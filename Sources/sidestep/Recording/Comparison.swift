import Glibc
import Sidestep
import SidestepProtocol
import SidestepRecorder
import SidestepRecording

/// A program run with the answers of a run and nothing else: nothing is sent and nothing is written.
struct Comparison {
    /// How the program ended.
    let end: SupervisedProgram.End
    let report: RecorderReport
    /// Recorded calls that it did not make.
    let left: Int

    /// Whether it asked what was recorded, and all of it.
    var isSame: Bool { report.divergence == nil && left <= 0 }

    /// Runs the program.
    init(
        _ command: [String], with run: String, _ recording: RecordArguments, _ connection: BlockingConnection
    ) throws {
        let found = try connection.call("run.get") { $0.member("run", run) }
        let recorded = found["recordings"]?["completed"]?.int ?? 0
        var environment = Environment.ofPrograms
        for name in ["SIDESTEP_RUN", "SIDESTEP_LEASE"] { environment.variables[name] = nil }
        var options = try recording.options(environment, hasBudget: false)
        options.isCheck = true
        let recorder = try RunRecorder(run: run, socket: connection.path, options)
        (end, report) = try recorder.run(command, in: environment, lease: "", as: "replay/\(getpid())")
        left = recorded - report.replayed
        if left > 0 { Output.complain("sidestep: \(left) recorded calls were not made") }
    }
}
