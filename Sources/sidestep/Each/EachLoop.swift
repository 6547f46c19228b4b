@preconcurrency import Glibc
import Sidestep
import SidestepHost
import SidestepModel
import SidestepProtocol

/// The work of `sidestep each`: reads lines, runs commands and records how they ended, all in one thread that poll(2)
/// wakes.
///
/// A step whose line is new costs the daemon one message and a share of a commit, as in the other clients: its
/// beginning is told when it has lasted a while, its end without waiting for the answer.
final class EachLoop {
    /// What the user asked for.
    struct Options {
        var jobs: Int
        var failFast: Bool
        var atMostOnce: Bool
        var retry: RawJSON?
        var timeout: Duration?
        var outputLimit: Int

        /// Whether the daemon has to be asked before a command may begin.
        var needsAnswer: Bool { atMostOnce || retry != nil || timeout != nil }
    }

    /// A step that may begin at some moment.
    struct Pending {
        let item: EachItem
        let at: ContinuousClock.Instant
        /// The attempt that the daemon granted; nil when it is to be asked.
        var attempt: Int?
    }

    let options: Options
    let run: EachRun
    private let program: LineProgram
    let calls: PipelinedCalls
    private let socket: String
    private let mark: ProcessMark
    let word: String
    private var items: ItemReader
    private var names: EachNames
    var jobs: [EachJob] = []
    var pending: [Pending] = []
    private var beginning = 0
    var recording = 0
    /// Failures that the daemon has not answered yet: another attempt may come, or it was the last.
    var failing = 0
    var results: EachResults
    private let began = ContinuousClock.now
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)

    init(
        _ options: Options, _ run: EachRun, _ command: [[UInt8]], _ connection: BlockingConnection,
        items: ItemReader, names: EachNames, base: String, results: EachResults
    ) {
        (self.options, self.run, self.items) = (options, run, items)
        (self.names, self.results) = (names, results)
        socket = connection.path
        calls = PipelinedCalls(connection, patience: Self.patience)
        program = LineProgram(command, replaced: Self.variables)
        let start = ProcessTable.status(of: getpid())?.startTicks ?? 0
        word = WorkMark.each(
            key: run.key(base), epoch: run.epoch, ProcessIdentity(pid: getpid(), startTicks: start))
        mark = ProcessMark(Environment.current[ProcessMark.variable]).adding(word)
    }

    /// How long a daemon that cannot record what was done is waited for.
    private static let patience: Duration = .seconds(300)
    /// How long a command runs before its beginning is told: most have ended by then, and one message does.
    private static let untold: Duration = .milliseconds(5)
    /// Ends that wait to be recorded, at most; no command begins meanwhile.
    private static let mostRecording = 256
    /// What each command finds set.
    private static let variables = [
        "SIDESTEP_STEP", "SIDESTEP_IDEMPOTENCY_KEY", "SIDESTEP_SOCKET", ProcessMark.variable,
    ]

    /// Does it all.
    func work() throws {
        SignalRelay.begin()
        defer { SignalRelay.end() }
        do {
            while true {
                try check()
                try calls.work()
                try begin()
                tell()
                if isOver { return }
                results.show(running: jobs.count, began: began)
                try wait()
                try look()
            }
        } catch {
            stop()
            throw error
        }
    }

    private var isOver: Bool {
        jobs.isEmpty && calls.isEmpty && pending.isEmpty && (items.hasEnded && isDrained || isFailing)
    }

    private var isDrained = false
    /// Whether a failure keeps all other lines from being begun.
    private var isFailing: Bool { options.failFast && results.hasFailed }
    private var mayBegin: Bool {
        recording < Self.mostRecording && results.hasRoom && !isFailing && !(options.failFast && failing > 0)
    }

    /// Goes no further when somebody told us to end, or nothing can be recorded any more.
    private func check() throws {
        if let signal = SignalRelay.received {
            stop()
            SignalRelay.die(of: signal)
        }
        if run.lease != nil && run.hasLostOwner {
            throw SidestepError(
                .leaseLost, "the script that the run belongs to has ended", run: run.id,
                hint: "start it again: what was recorded is not done again")
        }
    }

    // MARK: - Beginning

    private func begin() throws {
        if isFailing { pending = [] }
        while jobs.count + beginning < options.jobs, mayBegin {
            if let index = pending.firstIndex(where: { $0.at <= .now }) {
                let next = pending.remove(at: index)
                if let attempt = next.attempt { try launch(next.item, attempt) } else { try ask(next.item) }
            } else if let line = try items.next() {
                try take(names.next(line))
            } else {
                isDrained = true
                return
            }
        }
        isDrained = false
    }

    private func take(_ item: EachItem) throws {
        switch run.records[item.step] {
        case .completed(let output): results.settle(item, output, isFailure: false, isRepeated: true)
        case .failed(let error): results.settle(item, error, isFailure: true, isRepeated: true)
        case .begun: try ask(item)
        case nil: if options.needsAnswer { try ask(item) } else { try launch(item, nil) }
        }
    }

    /// Asks the daemon whether, and when, the command may begin.
    private func ask(_ item: EachItem) throws {
        let lease = try run.lease ?? Context.lease()
        beginning += 1
        try calls.send("step.begin", { write(item, lease, &$0) }) { [self] outcome in
            beginning -= 1
            switch outcome {
            case .success(let begun) where begun["status"]?.string == "completed":
                results.settle(item, begun["output"] ?? .null, isFailure: false, isRepeated: true)
            case .success(let begun):
                let delay = Duration.milliseconds(begun["delay_ms"]?.int ?? 0)
                pending.append(Pending(item: item, at: .now + delay, attempt: begun["attempt"]?.int ?? 1))
            case .failure(let error) where error.kind == .stepFailed:
                results.settle(item, error.failure ?? .null, isFailure: true, isRepeated: true)
            case .failure(let error) where error.kind == .stepUnknown:
                Complaint(error).print()
                results.settle(item, Self.unknown(error), isFailure: true, isRepeated: true)
            case .failure(let error): throw error
            }
        }
    }

    private func write(_ item: EachItem, _ lease: String, _ writer: inout JSONWriter) {
        writer.member("lease", lease)
        writer.member("step", item.step)
        if options.atMostOnce { writer.member("at_most_once", true) }
        writer.member("retry", options.retry)
        if let timeout = options.timeout {
            writer.object("timeouts") { $0.member("start_to_close_ms", timeout.milliseconds) }
        }
    }

    private static func unknown(_ error: SidestepError) -> RawJSON {
        .object { writer in
            writer.member("type", error.kind.rawValue)
            writer.member("message", error.message)
        }
    }

    private func launch(_ item: EachItem, _ attempt: Int?) throws {
        _ = try run.lease ?? Context.lease()
        let key = run.key(item.step)
        let step = WorkMark.step(key: key, attempt: attempt ?? 1)
        let plan = EachJob.Plan(
            timeout: options.timeout, outputLimit: options.outputLimit, word: step,
            variables: Array(zip(Self.variables, [item.step, key, socket, mark.adding(step).value])))
        let (job, problem) = EachJob.start(item, attempt: attempt, program, plan)
        if let job { jobs.append(job) } else { try fail(item, attempt, problem) }
    }

    /// Tells the beginnings of commands that take their time, so that everybody sees them running.
    private func tell() {
        for index in jobs.indices where !jobs[index].isTold && jobs[index].began + Self.untold <= .now {
            jobs[index].isTold = true
            calls.notify("step.begin") { writer in
                writer.member("lease", run.lease)
                writer.member("step", jobs[index].item.step)
            }
        }
    }

    // MARK: - Waiting

    private func wait() throws {
        let wantsLines = !items.hasEnded && jobs.count + beginning < options.jobs && !isFailing
        var polled = [SignalRelay.bell, run.ownerEnd, calls.descriptor, wantsLines && isDrained ? 0 : -1].map
        {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        for job in jobs { polled.append(pollfd(fd: job.reader, events: Int16(POLLIN), revents: 0)) }
        guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return }
        if polled[0].revents != 0 { SignalRelay.hush() }
        for index in jobs.indices where polled[4 + index].revents != 0 { jobs[index].read(&chunk) }
        if polled[2].revents != 0 { try calls.receive() }
        if polled[3].revents != 0 { try items.readMore() }
    }

    /// How long poll(2) may wait.
    private var milliseconds: Int32 {
        // Without a pidfd the owner is looked at now and then; the figures on the terminal change all the time.
        var left: [Duration] = [.seconds(1)]
        left += jobs.compactMap(\.left)
        left += jobs.filter { !$0.isTold }.map { $0.began + Self.untold - .now }
        left += (pending.map(\.at) + [calls.due].compactMap(\.self)).map { $0 - .now }
        // At its limits nothing begins, whatever is due: an answer or an end comes first.
        let shortest = left.min() ?? .seconds(1)
        let isFull = jobs.count + beginning >= options.jobs || recording >= Self.mostRecording
        return Int32(clamping: max(shortest, isFull ? .milliseconds(1) : .zero).milliseconds + 1)
    }

    /// Takes leave of the commands that have ended.
    private func look() throws {
        var index = 0
        while index < jobs.count {
            guard let ended = try jobs[index].look() else {
                index += 1
                continue
            }
            try record(jobs.remove(at: index), ended)
        }
    }
}
