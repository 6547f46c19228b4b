import Glibc
import Synchronization

/// Hands the signals that end a program on to the command it runs.
///
/// A handler may only touch atomics and call async-signal-safe functions (signal-safety(7)); kill(2) is one.
enum SignalRelay {
    /// The command's process, its process group as a negative number, or 0.
    static let child = Atomic<Int32>(0)
    /// The last signal that somebody sent us, or 0.
    private static let last = Atomic<Int32>(0)

    /// How many signals to end we were sent.
    static let count = Atomic<Int>(0)

    private static let relayed = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]
    /// What a program that is supervised gets besides.
    private static let more = [SIGUSR1, SIGUSR2]

    /// The signal that we were sent while the command ran.
    static var received: Int32? {
        let signal = last.load(ordering: .sequentiallyConsistent)
        return signal == 0 ? nil : signal
    }

    /// From now on signals go to the command. One that is ignored stays so, as nohup(1) wants it.
    static func begin(supervising: Bool = false) {
        for signal in relayed + (supervising ? more : []) {
            var old = sigaction()
            sigaction(signal, nil, &old)
            if isIgnored(old) { continue }
            var action = sigaction()
            action.__sigaction_handler.sa_sigaction = relay
            action.sa_flags = SA_SIGINFO
            sigaction(signal, &action, nil)
        }
    }

    /// Signals end this program again.
    static func end() {
        child.store(0, ordering: .sequentiallyConsistent)
        for signal in relayed {
            var old = sigaction()
            sigaction(signal, nil, &old)
            if isIgnored(old) { continue }
            Glibc.signal(signal, SIG_DFL)
        }
    }

    /// Ends this program by the signal itself, so that the shell above knows why and stops, too.
    static func die(of signal: Int32) -> Never {
        Glibc.signal(signal, SIG_DFL)
        kill(getpid(), signal)
        exit(128 + signal)
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Ctrl-C at a terminal reaches the command by itself (the kernel sends it to the whole group); twice
    /// would be wrong.
    private static let relay:
        @convention(c) (Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void = {
            signal, info, _ in
            if signal != SIGUSR1 && signal != SIGUSR2 {
                last.store(signal, ordering: .sequentiallyConsistent)
                count.add(1, ordering: .sequentiallyConsistent)
            }
            let pid = child.load(ordering: .sequentiallyConsistent)
            let isFromKernel = (info?.pointee.si_code ?? 0) > 0
            // A group of its own is not the terminal's.
            if pid < 0 || pid > 0 && !isFromKernel { kill(pid, signal) }
        }
}
