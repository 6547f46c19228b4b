import Sidestep
import SidestepRecorder

/// The recorder of a supervised run, as its supervisor sees it.
struct RunRecorder {
    private let recorder: Recorder
    private let run: String
    private let hashSeed: String?

    /// - Parameter trees: what keeps what the program's folder holds, before each call.
    init(run: String, socket: String, _ options: RecorderOptions, trees: CallTrees? = nil) throws {
        self.run = run
        var options = options
        if let trees { options.beforeCall = { trees.keep(before: $0, then: $1) } }
        hashSeed = Environment.current["PYTHONHASHSEED"]
        options.tell = { Output.complain("sidestep: " + $0) }
        do {
            recorder = try Recorder(run: run, socket: socket, options)
        } catch let problem as SocketFile.Problem {
            throw SidestepError(
                .invalidArgument, problem.message, hint: "--http-socket names a file that is not there yet.")
        } catch {
            throw SidestepError(
                .unsupported, "the recorder cannot listen on 127.0.0.1: \(error)",
                hint:
                    "It needs a socket of loopback and threads; see whether a sandbox or a limit forbids them."
            )
        }
        // A client that goes away is no reason for us to go.
        SignalRelay.ignorePipes()
    }

    /// Runs a program once, and says what was done.
    ///
    /// - Parameter word: what its processes are known by.
    func run(
        _ command: [String], in environment: Environment, lease: String, as word: String
    ) throws -> (end: SupervisedProgram.End, report: RecorderReport) {
        var environment = environment
        try begin(in: &environment, lease: lease)
        var program = SupervisedProgram(
            arguments: command, environment: environment, killAfter: .seconds(10))
        program.word = word
        let end = try program.run { _ in }
        try self.end()
        guard let report = close() else {
            throw SidestepError(
                .storageError, "the recorder did not end in order", run: run, hint: "Run the command again.")
        }
        return (end, report)
    }

    /// The program is about to start.
    func begin(in environment: inout Environment, lease: String) throws {
        try recorder.begin(in: &environment.variables, lease: lease)
    }

    /// The program has ended: what it was given leads nowhere any more.
    func end() throws { try recorder.end() }

    /// The program failed, and is to be started again.
    ///
    /// - Parameter progressed: whether a step was completed.
    func escape(progressed: Bool) throws {
        let numbers = try recorder.escape(progressed: progressed)
        guard !numbers.isEmpty else { return }
        Output.complain(
            "sidestep: the program ended twice after the same answers; drawn again: "
                + numbers.map { "recording \($0)" }.joined(separator: ", "))
    }

    /// Ends it, and says what was done.
    ///
    /// - Parameter finishing: whether what is being answered is read to its end, for who goes on with the run.
    @discardableResult
    func close(finishing: Bool = false) -> RecorderReport? {
        let count = finishing ? recorder.underWay : 0
        if count > 0 {
            let calls = count == 1 ? "1 call is" : "\(count) calls are"
            Output.complain("sidestep: \(calls) still being answered, and waited for; a signal gives them up")
        }
        guard let report = try? recorder.close(finishing: finishing) else { return nil }
        for line in RecordingLines.of(report, hashSeed: hashSeed) { Output.complain("sidestep: " + line) }
        return report
    }
}
