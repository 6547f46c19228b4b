import CShims
import Glibc
import SidestepHost

/// One program from its start to its end, on a thread of its own: what it prints, how long it may take, and the order
/// to end it.
struct ProgramWatch: ~Copyable {
    /// Why a program was ended.
    enum Reason { case stopped, timeout }

    /// What became of a program.
    struct End {
        /// nil when somebody else has waited for it.
        let known: ChildEnd?
        /// nil when it ended by itself.
        let reason: Reason?
        let output, error: OutputTail
    }

    private enum Stage {
        /// It runs, until this moment at most.
        case runs(until: ContinuousClock.Instant?)
        /// It was told to end, and is killed at this moment.
        case mayClean(until: ContinuousClock.Instant)
        /// It was killed with all that comes from it.
        case isKilled
    }

    /// After its end the outputs of a program are over when they were silent for so long, and in any case after so
    /// long: what it left running may hold them open for ever.
    private static let (silence, drain) = (Duration.milliseconds(100), Duration.seconds(1))
    /// Milliseconds between two looks whether it has ended where the system gives no pidfd, and whether those that
    /// were told to end have.
    private static let look: Int32 = 20

    private let program: Program
    private let started: StartedProgram
    private let tree: ProcessTree
    private let order: StopOrder
    private let pidfd: OwnedDescriptor
    private var output, error: OutputTail
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var (hasOutput, hasError) = (true, true)
    private var ended: ContinuousClock.Instant?
    private var lastHeard = ContinuousClock.now
    private var reason: Reason?
    private var stage: Stage

    init(_ program: Program, _ started: consuming StartedProgram, _ tree: ProcessTree, _ order: StopOrder) {
        (self.program, self.tree, self.order) = (program, tree, order)
        pidfd = OwnedDescriptor(shim_pidfd_open(started.pid))
        self.started = started
        output = OutputTail(limit: program.outputLimit, secrets: program.secrets)
        error = output
        stage = .runs(until: program.timeoutMilliseconds.map { .now + .milliseconds($0) })
    }

    /// Returns when the program has ended and its outputs were read, and nothing is left of its group.
    mutating func run() -> End {
        while !isOver {
            keep()
            waitAndRead()
            if ended == nil, ChildEnd.hasCome(to: started.pid) { (ended, lastHeard) = (.now, .now) }
        }
        let known = ChildEnd.wait(for: started.pid)
        endRest(isLost: known == nil)
        return End(known: known, reason: reason, output: output, error: error)
    }

    private var isOver: Bool {
        guard let ended else { return false }
        return !hasOutput && !hasError || .now >= min(ended + Self.drain, lastHeard + Self.silence)
    }

    /// Does what is due.
    private mutating func keep() {
        switch stage {
        case .runs where ended != nil: return
        case .runs(let until):
            if order.wasGiven {
                reason = .stopped
            } else if let until, .now >= until {
                reason = .timeout
            } else {
                return
            }
            tree.signal(SIGTERM)
            stage = .mayClean(until: .now + .milliseconds(program.graceMilliseconds))
        case .mayClean(let until):
            guard .now >= until || !tree.hasGroup else { return }
            tree.killRest()
            stage = .isKilled
        case .isKilled: return
        }
    }

    /// Waits for output, the end, the order, or the next moment at which something is due.
    private mutating func waitAndRead() {
        var polled = [
            hasOutput ? started.output.number : -1, hasError ? started.error.number : -1,
            reason == nil ? order.bell : -1, ended == nil ? pidfd.number : -1,
        ].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&polled, nfds_t(polled.count), patience) > 0 else { return }
        if polled[0].revents | polled[1].revents != 0 { lastHeard = .now }
        if polled[0].revents != 0 { hasOutput = Self.read(started.output.number, &buffer, &output) }
        if polled[1].revents != 0 { hasError = Self.read(started.error.number, &buffer, &error) }
    }

    /// Milliseconds that nothing has to be looked at; -1 for as long as it takes.
    private var patience: Int32 {
        guard case .runs(let until) = stage, ended == nil else { return Self.look }
        let longest = pidfd.number >= 0 ? Int32.max : Self.look
        guard let until else { return longest == .max ? -1 : longest }
        return min(longest, Int32(clamping: max(0, Int((until - .now) / .milliseconds(1)) + 1)))
    }

    /// Takes what has come; false when nothing more will.
    private static func read(
        _ descriptor: Int32, _ buffer: inout [UInt8], _ tail: inout OutputTail
    ) -> Bool {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return false }
        tail.append(buffer[..<count])
        return true
    }

    /// Ends what it left behind, in its group or, when it was to end, anywhere.
    private func endRest(isLost: Bool) {
        switch stage {
        case .isKilled: return
        case .mayClean(let until): wait(until: until)
        case .runs where isLost: break
        case .runs:
            guard tree.hasGroup else { return }
            tree.signal(SIGTERM)
            wait(until: .now + .milliseconds(program.graceMilliseconds))
        }
        tree.killRest()
    }

    private func wait(until end: ContinuousClock.Instant) {
        while tree.hasGroup, .now < end { usleep(UInt32(Self.look) * 1000) }
    }
}
