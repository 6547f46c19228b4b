@preconcurrency import Glibc
import Sidestep
import SidestepHost

/// A command that runs with our standard input and error, while its standard output is captured.
///
/// It stays in our process group: a shell, a terminal or whoever ends a whole group means it, too. What it
/// started is found by its mark.
struct StepProcess {
    let arguments: [String]
    /// What tells its processes from all others.
    let word: String
    var environment = Environment.current
    /// How long it may take.
    var timeout: Duration?
    /// Bytes of output to keep.
    var outputLimit = 8 << 20
    /// Its standard input; nil for ours.
    var input: ChildProcess.Stream?
    /// Whether its output is passed on at once.
    var isLive = true

    init(arguments: [String], word: String) { (self.arguments, self.word) = (arguments, word) }

    /// How long a command that was told to end may take, before it is killed.
    private static let grace: Duration = .seconds(5)

    /// Runs the command to its end.
    func run() throws -> Ended {
        guard let (reader, writer) = Spawning.pipe() else { return .notStarted(errno, arguments[0]) }
        defer { close(reader) }
        SignalRelay.begin()
        defer { SignalRelay.end() }
        var streams: [Int32: ChildProcess.Stream] = [1: .descriptor(writer)]
        streams[0] = input
        let (child, problem) = ChildProcess.start(arguments, environment.marked(word), streams: streams)
        close(writer)
        guard let child else { return .notStarted(problem, arguments[0]) }
        SignalRelay.follow(child.pid)
        var ended = collect(child, reader)
        SignalRelay.follow(0)
        ended.status = try child.wait().status
        ended.stoppedBy = SignalRelay.received
        if !ended.isSuccess { endRest(toldToEnd: ended.isTimedOut) }
        return ended
    }

    private var tree: ProcessTree { ProcessTree(mark: .word(word)) }

    /// Ends what a command left behind that failed, was stopped or took too long: it would go on beside the
    /// next attempt.
    private func endRest(toldToEnd: Bool) {
        let grace = Int64(Self.grace.milliseconds)
        guard toldToEnd else { return ProcessTree.end([tree], graceMilliseconds: grace) }
        ProcessTree.wait(for: [tree], milliseconds: grace)
        tree.killRest()
    }

    /// Reads what the command prints until it has ended.
    private func collect(_ child: ChildProcess, _ reader: Int32) -> Ended {
        var ended = Ended()
        var clock = StepClock(limit: timeout, grace: Self.grace)
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        var isOpen = true
        while true {
            if child.hasEnded { clock.ended() }
            if clock.isOver || clock.hasEnded && !isOpen { break }
            if clock.keep(child, tree) { ended.isTimedOut = true }
            guard Self.waitForInput(isOpen ? reader : -1, clock.left) else { continue }
            let count = read(reader, &chunk, chunk.count)
            if count > 0 { take(chunk[..<count], into: &ended) }
            if count == 0 { isOpen = false }
            clock.heard()
        }
        ended.isHeld = isOpen
        return ended
    }

    /// Waits for input, its end, a signal, or until the time is up; whether there is input.
    private static func waitForInput(_ reader: Int32, _ left: Duration?) -> Bool {
        var polled = [reader, SignalRelay.bell].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = left.map { Int32(clamping: $0.milliseconds + 1) } ?? SignalRelay.longest
        guard poll(&polled, 2, milliseconds) > 0 else { return false }
        if polled[1].revents != 0 { SignalRelay.hush() }
        return polled[0].revents != 0
    }

    private func take(_ bytes: ArraySlice<UInt8>, into ended: inout Ended) {
        if isLive { Output.write(bytes, to: 1) }
        ended.total += bytes.count
        ended.limit = outputLimit
        if ended.total <= outputLimit { ended.output += bytes }
    }
}

/// The times of a command: when it is told to end, when it is killed, and how long its output is read after
/// its end.
///
/// A process in the background may hold the output open for ever. What is still on its way comes at once,
/// or after what the command itself started in a row (`cmd > >(tee log)`) has worked through it.
struct StepClock {
    private enum Event { case timeUp, graceOver }

    /// After the end, the output is over when it was silent for so long, and in any case after so long.
    private static let silence: Duration = .milliseconds(500)
    private static let drain: Duration = .seconds(5)

    private var deadline: ContinuousClock.Instant?
    private var isWarned = false
    private var drainEnd: ContinuousClock.Instant?
    private var lastHeard = ContinuousClock.now
    private let grace: Duration

    init(limit: Duration?, grace: Duration) {
        deadline = limit.map { .now + $0 }
        self.grace = grace
    }

    var hasEnded: Bool { drainEnd != nil }

    /// The command has ended; saying it again does nothing.
    mutating func ended() {
        guard drainEnd == nil else { return }
        (drainEnd, deadline, lastHeard) = (.now + Self.drain, nil, .now)
    }

    /// Something was read.
    mutating func heard() { lastHeard = .now }

    /// Whether nothing more is read.
    var isOver: Bool { left.map { hasEnded && $0 <= .zero } ?? false }

    /// How long to wait; nil for as long as it takes.
    var left: Duration? {
        let end = drainEnd.map { min($0, lastHeard + Self.silence) } ?? deadline
        return end.map { $0 - .now }
    }

    /// Tells the command and all it started to end when its time is up, and ends it after its grace.
    ///
    /// - Returns: whether its time is up now.
    mutating func keep(_ child: ChildProcess, _ tree: ProcessTree) -> Bool {
        switch next() {
        case .timeUp:
            kill(child.pid, SIGTERM)
            tree.signal(SIGTERM)
            return true
        case .graceOver:
            kill(child.pid, SIGKILL)
            tree.killRest()
        case nil: break
        }
        return false
    }

    /// What is to be done now, each once.
    private mutating func next() -> Event? {
        guard let deadline, deadline <= .now else { return nil }
        self.deadline = isWarned ? nil : .now + grace
        defer { isWarned = true }
        return isWarned ? .graceOver : .timeUp
    }
}
