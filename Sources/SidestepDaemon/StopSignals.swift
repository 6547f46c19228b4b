import Glibc

/// SIGTERM, SIGINT and SIGHUP, taken one by one by the thread that asks: sigwait(3).
public struct StopSignals {
    private var set = sigset_t()

    /// Blocks them in this thread and in all that it makes.
    ///
    /// A thread of a library may let them through all the same, and while nobody is within sigwait(3) the kernel gives
    /// them to such a thread: it hands them on to this one.
    public init() {
        sigemptyset(&set)
        for signal in Self.all { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        taker = pthread_self()
        for signal in Self.all { Glibc.signal(signal) { pthread_kill(taker, $0) } }
    }

    private static let all = [SIGTERM, SIGINT, SIGHUP]

    func next() -> Int32? {
        var signal: Int32 = 0
        var waited = set
        return sigwait(&waited, &signal) == 0 ? signal : nil
    }
}

/// Who takes the signals. Unsafe only by its type: it is written one time, before anybody is told to read it.
private nonisolated(unsafe) var taker = pthread_self()
