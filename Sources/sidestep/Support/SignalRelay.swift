import CShims
import Glibc
import Sidestep
import Synchronization

/// Hands the signals that end a program on to the command it runs.
///
/// A handler may only touch atomics and call async-signal-safe functions (signal-safety(7)); kill(2) is one.
enum SignalRelay {
    /// The command's process, its process group as a negative number, or 0.
    private static let child = Atomic<Int32>(0)
    /// The last signal to end that somebody sent us, or 0.
    private static let last = Atomic<Int32>(0)
    /// Whether it was a key, and when it was pressed: milliseconds of CLOCK_MONOTONIC, or 0.
    private static let keyAt = Atomic<Int64>(0)
    /// Whether the kernel sent it to the whole group of a terminal, and not somebody to us.
    private static let isFromTerminal = Atomic<Bool>(false)
    /// How many signals to end we were sent, but for keys.
    static let count = Atomic<Int>(0)
    /// Whether somebody told us to stop (job control), and the program with us.
    static let stopAsked = Atomic<Bool>(false)

    private static let relayed = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]
    /// What a program that is supervised gets besides.
    private static let more = [SIGUSR1, SIGUSR2, SIGWINCH, SIGTSTP]
    /// Rung by every signal, the end or stop of a program included; poll(2) hears it.
    static let bell = shim_eventfd()
    /// How long poll(2) may wait for the bell, milliseconds: as long as it takes, unless there was no
    /// descriptor for it.
    static var longest: Int32 { bell >= 0 ? -1 : 100 }

    /// The signal that we were sent while the command ran.
    static var received: Int32? {
        let signal = last.load(ordering: .sequentiallyConsistent)
        return signal == 0 ? nil : signal
    }

    /// The signal that ends the run for now: a key only if it was pressed within this span before now.
    ///
    /// A program may use Ctrl-C for something else, and fail much later.
    static func received(within span: Duration) -> Int32? {
        let key = keyAt.load(ordering: .sequentiallyConsistent)
        return key == 0 || now() - key <= span.milliseconds ? received : nil
    }

    /// Whether the signal that we were sent was a key, which has reached the commands of our group, too.
    static var wasKey: Bool { received != nil && isFromTerminal.load(ordering: .sequentiallyConsistent) }

    /// From now on signals go to the command. One that is ignored stays so, as nohup(1) wants it.
    static func begin(supervising: Bool = false) {
        // Also made here and not in the handler, where nothing may be made.
        last.store(0, ordering: .sequentiallyConsistent)
        keyAt.store(0, ordering: .sequentiallyConsistent)
        stopAsked.store(false, ordering: .sequentiallyConsistent)
        isFromTerminal.store(false, ordering: .sequentiallyConsistent)
        _ = (bell, count.load(ordering: .relaxed), child.load(ordering: .relaxed))
        for signal in relayed + (supervising ? more : []) where !isIgnored(signal) { handle(signal, relay) }
        hearChildren()
        // Whoever read what we print may go away: the command's end is to be recorded all the same.
        Glibc.signal(SIGPIPE, SIG_IGN)
    }

    /// Whether this program writes to others than its standard streams, for as long as it lives.
    private static let ignoresPipes = Atomic<Bool>(false)

    /// From now on nobody who goes away while we write to him ends this program.
    static func ignorePipes() {
        ignoresPipes.store(true, ordering: .sequentiallyConsistent)
        Glibc.signal(SIGPIPE, SIG_IGN)
    }

    /// From now on the bell rings when a child ends or stops.
    static func hearChildren() { handle(SIGCHLD, ring) }

    /// The command that signals go to; 0 for none. One that came before it was there goes to it now.
    static func follow(_ target: Int32) {
        child.store(target, ordering: .sequentiallyConsistent)
        if target != 0, let received { kill(target, received) }
    }

    /// Signals end this program again.
    static func end() {
        child.store(0, ordering: .sequentiallyConsistent)
        for signal in relayed where !isIgnored(signal) { Glibc.signal(signal, SIG_DFL) }
        if !ignoresPipes.load(ordering: .sequentiallyConsistent) { Glibc.signal(SIGPIPE, SIG_DFL) }
    }

    /// Stops this program, as the terminal's key does; returns when it is continued.
    static func stop() {
        stopAsked.store(false, ordering: .sequentiallyConsistent)
        guard !isIgnored(SIGTSTP) else { return }
        Glibc.signal(SIGTSTP, SIG_DFL)
        kill(getpid(), SIGTSTP)
        handle(SIGTSTP, relay)
    }

    /// Wakes whoever waits for the bell.
    static func wake() {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    /// Makes the bell silent again.
    static func hush() {
        var count: UInt64 = 0
        _ = read(bell, &count, 8)
    }

    /// Ends this program by the signal itself, so that the shell above knows why and stops, too.
    static func die(of signal: Int32) -> Never {
        Glibc.signal(signal, SIG_DFL)
        kill(getpid(), signal)
        exit(128 + signal)
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        sigaction(signal, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private typealias Handler =
        @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void

    private static func handle(_ signal: Int32, _ handler: @escaping Handler) {
        var action = sigaction()
        action.__sigaction_handler.sa_sigaction = handler
        action.sa_flags = SA_SIGINFO
        sigaction(signal, &action, nil)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static let ring: Handler = { _, _, _ in
        let number = errno
        wake()
        errno = number
    }

    /// Ctrl-C at a terminal reaches the command by itself (the kernel sends it to the whole group); twice
    /// would be wrong.
    private static let relay: Handler = { signal, info, _ in
        let number = errno
        let pid = child.load(ordering: .sequentiallyConsistent)
        let isFromKernel = (info?.pointee.si_code ?? 0) > 0
        // What to do at a key is for a program at the terminal to decide.
        let isKey = isFromKernel && pid > 0 && signal != SIGHUP
        if signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT {
            last.store(signal, ordering: .sequentiallyConsistent)
            isFromTerminal.store(isFromKernel, ordering: .sequentiallyConsistent)
            keyAt.store(isKey ? now() : 0, ordering: .sequentiallyConsistent)
            if !isKey { count.add(1, ordering: .sequentiallyConsistent) }
        }
        if signal == SIGTSTP { stopAsked.store(true, ordering: .sequentiallyConsistent) }
        // A group of its own is not the terminal's.
        if pid < 0 || pid > 0 && !isFromKernel { kill(pid, signal) }
        wake()
        errno = number
    }
}
