@preconcurrency import Glibc
import Sidestep
import Synchronization

/// A command that runs with our standard input and error, while its standard output is captured.
struct StepProcess {
    let arguments: [String]
    var environment = Environment.current
    /// How long it may take.
    var timeout: Duration?
    /// Bytes of output to keep.
    var outputLimit = 8 << 20
    /// Whether its output is passed on at once.
    var isLive = true

    init(arguments: [String]) { self.arguments = arguments }

    /// How long a command that was told to end may take, before it is killed.
    private static let grace: Duration = .seconds(5)

    /// Runs the command to its end.
    func run() -> Ended {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return .notStarted(errno, arguments[0]) }
        let (reader, writer) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        SignalRelay.begin()
        defer { SignalRelay.end() }
        let (child, problem) = ChildProcess.start(arguments, environment, streams: [1: .descriptor(writer)])
        close(writer)
        defer { close(reader) }
        guard let child else { return .notStarted(problem, arguments[0]) }
        SignalRelay.child.store(child.pid, ordering: .sequentiallyConsistent)
        return collect(child, reader)
    }

    private func collect(_ child: ChildProcess, _ reader: Int32) -> Ended {
        var ended = Ended()
        var clock = Alarm(limit: timeout, grace: Self.grace)
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            switch clock.waitForInput(reader) {
            case .input: break
            case .timeUp:
                ended.isTimedOut = true
                kill(child.pid, SIGTERM)
                continue
            case .graceOver:
                // Whoever still holds the pipe is a grandchild; it is not waited for.
                kill(child.pid, SIGKILL)
                ended.status = Self.reap(child)
                ended.stoppedBy = SignalRelay.received
                return ended
            }
            let count = read(reader, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            take(chunk[..<count], into: &ended)
        }
        ended.status = Self.reap(child)
        ended.stoppedBy = SignalRelay.received
        return ended
    }

    private func take(_ bytes: ArraySlice<UInt8>, into ended: inout Ended) {
        if isLive { Output.write(bytes, to: 1) }
        ended.total += bytes.count
        ended.limit = outputLimit
        if ended.total <= outputLimit { ended.output += bytes }
    }

    private static func reap(_ child: ChildProcess) -> Int32 {
        let end = child.wait()
        SignalRelay.child.store(0, ordering: .sequentiallyConsistent)
        return end.status
    }
}

/// The time limit of a command: first it is told to end, after a grace it is killed.
struct Alarm {
    enum Event { case input, timeUp, graceOver }

    private var deadline: ContinuousClock.Instant?
    private var isWarned = false
    private let grace: Duration

    init(limit: Duration?, grace: Duration) {
        deadline = limit.map { .now + $0 }
        self.grace = grace
    }

    /// Waits until there is input (or its end), or the time is up.
    mutating func waitForInput(_ descriptor: Int32) -> Event {
        while true {
            let left = deadline.map { ($0 - .now).milliseconds + 1 } ?? -1
            if let deadline, deadline <= .now { return advance() }
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&poller, 1, Int32(clamping: left)) > 0 { return .input }
        }
    }

    private mutating func advance() -> Event {
        guard !isWarned else { return .graceOver }
        isWarned = true
        deadline = .now + grace
        return .timeUp
    }
}
