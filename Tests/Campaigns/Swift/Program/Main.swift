import Glibc
import Sidestep
import Synchronization

/// One process of the campaign (`../run`): executes the random program of a seed as a run, until it has its end.
///
///     sidestep-campaign SOCKET SEED RUN NOTES TIMING WAY      WAY: alone, worker
///     sidestep-campaign signals SEED                         the signals that it waits for, and its answer, as JSON
///
/// NOTES gets `ran RUN STEP PID` for each effect and `told RUN STEP PID` for each result that the program was given;
/// `up RUN - PID` when it has found its daemon.
@main
struct Campaign {
    static func main() async {
        let words = CommandLine.arguments
        do {
            if words[1] == "signals" { return describe(.random(seed: Int(words[2])!)) }
            let campaign = try await Campaign(words)
            print(try await campaign.answer())
        } catch {
            print("failed: \(error)")
            exit(1)
        }
    }

    private let client: SidestepClient
    private let seed: Int
    private let run: String
    private let isWorker: Bool
    private let notes: Notes
    private let pauses: Pauses

    private init(_ words: [String]) async throws {
        client = try await SidestepClient.connect(.init(socket: words[1], autostart: false))
        (seed, run, isWorker) = (Int(words[2])!, words[3], words[6] == "worker")
        notes = Notes(path: words[4])
        notes.up(run)
        pauses = Pauses(seed: Int(words[5])!)
    }

    private func answer() async throws -> Int {
        let (program, children) = (
            Program(notes: notes, pauses: pauses), Triple(notes: notes, pauses: pauses)
        )
        var worker = Worker(client, concurrency: 3, suspendAfter: isWorker ? .milliseconds(15) : nil)
        worker.register(children)
        if isWorker { worker.register(program) }
        let working = Task { [worker] in try await worker.run() }
        defer { working.cancel() }
        guard isWorker else {
            return try await client.execute(
                program, run: run, input: seed,
                options: .with {
                    $0.ifOwned = .wait
                    $0.wait = .seconds(60)
                    $0.maxInterruptions = 10_000
                })
        }
        let enqueued = try await client.enqueue(Program.self, run: run, input: seed)
        return try await client.result(of: enqueued, wait: .seconds(120))
    }

    private static func describe(_ plan: Plan) {
        let signals = plan.signals.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
        print("{\"answer\":\(plan.answer),\"signals\":{\(signals)}}")
    }
}

/// The file of what happened: one write for one line.
final class Notes: Sendable {
    private let file: Int32

    init(path: String) { file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644) }

    func up(_ run: String) { note("up", run, "-") }
    func ran(_ run: String, _ step: String) { note("ran", run, step) }
    func told(_ run: String, _ step: String) { note("told", run, step) }

    private func note(_ word: String, _ run: String, _ step: String) {
        let line = Array("\(word) \(run) \(step) \(getpid())\n".utf8)
        _ = write(file, line, line.count)
    }
}

/// Random pauses; other ones in each process.
final class Pauses: Sendable {
    private let chance: Mutex<Chance>

    init(seed: Int) { chance = Mutex(Chance(seed)) }

    func short() async throws {
        try await Task.sleep(for: .microseconds(chance.withLock { $0.below(8000) }))
    }
}
