@preconcurrency import Glibc
import Sidestep
import SidestepHost
import Synchronization

/// A program under supervision: it has our standard streams, or pipes that are copied into a log.
///
/// At a terminal it stays in our process group, so that keys, changes of size and job control reach it as if
/// we were not there. Else it gets a group of its own. What is left of it ends with it, by group and by mark.
struct SupervisedProgram {
    let arguments: [String]
    /// What tells the processes of this start from all others.
    var word = ""
    var environment: Environment
    /// Where its output goes besides our own; nil leaves it our streams.
    var log: RunLog?
    /// From the first signal to end it to SIGKILL.
    var killAfter: Duration

    /// How it ended.
    struct End {
        /// The exit status, or 128 + n for signal n.
        var status: Int32
        /// Whether it ended because we were asked to end.
        var stoppedBy: Int32?
    }

    /// Runs the program to its end.
    ///
    /// - Parameter started: told its process, or its group as a negative number.
    func run(started: (Int32) -> Void) throws -> End {
        let terminal = Terminal()
        let isOwnGroup = terminal == nil
        var pipes: [Pipe] = []
        if log != nil { pipes = [Pipe(to: 1), Pipe(to: 2)] }
        SignalRelay.begin(supervising: true)
        defer { SignalRelay.end() }
        let child = start(pipes, ownGroup: isOwnGroup)
        for pipe in pipes { close(pipe.writer) }
        defer { for pipe in pipes { close(pipe.reader) } }
        guard let child else { return End(status: 125) }
        let target = isOwnGroup ? -child.pid : child.pid
        SignalRelay.follow(target)
        started(target)
        watch(child, target, pipes)
        // While its corpse keeps the group's number from being another's.
        let tree = ProcessTree(mark: .word(word), group: isOwnGroup ? child.pid : nil)
        if tree.count > 0 { ProcessTree.end([tree], graceMilliseconds: Int64(killAfter.milliseconds)) }
        SignalRelay.follow(0)
        let status = try child.wait().status
        terminal?.restore(after: status)
        for pipe in pipes { copy(pipe) }
        return End(status: status, stoppedBy: SignalRelay.received(within: killAfter))
    }

    private struct Pipe {
        let reader: Int32
        let writer: Int32
        /// The stream of ours that it stands for.
        let stream: Int32

        init(to stream: Int32) {
            (reader, writer) = Spawning.pipe() ?? (-1, -1)
            self.stream = stream
            _ = fcntl(reader, F_SETFL, O_NONBLOCK)
        }
    }

    /// The program is started by way of ourselves: `supervised` sees to it that it ends when we do.
    private func start(_ pipes: [Pipe], ownGroup: Bool) -> ChildProcess? {
        ChildProcess.start(
            ["sidestep", "supervised", "\(getpid())", "--"] + arguments, environment.marked(word),
            at: ProgramArguments.executable,
            streams: Dictionary(uniqueKeysWithValues: pipes.map { ($0.stream, .descriptor($0.writer)) }),
            ownGroup: ownGroup
        ).child
    }

    /// Copies output until the program ends; kills it when it does not heed a signal.
    private func watch(_ child: ChildProcess, _ target: Int32, _ pipes: [Pipe]) {
        var deadline: ContinuousClock.Instant?
        let before = SignalRelay.count.load(ordering: .sequentiallyConsistent)
        while !child.hasEnded {
            var polled = ([SignalRelay.bell] + pipes.map(\.reader)).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            let left =
                deadline.map { Int32(clamping: max(0, ($0 - .now).milliseconds + 1)) } ?? SignalRelay.longest
            let ready = poll(&polled, nfds_t(polled.count), left)
            let signals = SignalRelay.count.load(ordering: .sequentiallyConsistent) - before
            if signals > 0 && deadline == nil { deadline = .now + killAfter }
            if signals > 1 || deadline.map({ $0 <= .now }) == true { kill(target, SIGKILL) }
            child.reapOthers()
            guard ready > 0 else { continue }
            if polled[0].revents != 0 {
                SignalRelay.hush()
                followStop(child.pid, target)
            }
            for pipe in pipes { copy(pipe) }
            // A pipe whose writers are all gone is always ready: the program has closed it and goes on.
            if polled.dropFirst().contains(where: { $0.revents & Int16(POLLHUP) != 0 }) { usleep(20_000) }
        }
    }

    /// Stops with a program that has stopped, for the shell above us looks at us: when it was at a
    /// terminal, or we were told to stop. Then both go on together.
    ///
    /// Not before it: it may have to leave the terminal in order.
    private func followStop(_ pid: pid_t, _ target: Int32) {
        var info = siginfo_t()
        guard waitid(P_PID, id_t(pid), &info, WSTOPPED | WNOHANG) == 0, info.si_code == Int32(CLD_STOPPED),
            target > 0 || SignalRelay.stopAsked.load(ordering: .sequentiallyConsistent)
        else { return }
        SignalRelay.stop()
        kill(target, SIGCONT)
    }

    private func copy(_ pipe: Pipe) {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(pipe.reader, &chunk, chunk.count)
            guard count > 0 else { return }
            Output.write(chunk[..<count], to: pipe.stream)
            log?.append(chunk[..<count])
        }
    }
}
