import CShims
import Glibc
import SidestepModel
import Synchronization

/// A thread of our own: every thread of the daemon that no package makes is made here.
///
/// The system may have none left (RLIMIT_NPROC, TasksMax=), so making one can fail. Whoever cannot live
/// without a thread makes it at start; whoever makes one later hands the failure to the call that wanted it.
public final class WorkerThread: Sendable {
    /// nil once somebody waits for its end.
    private let thread: Mutex<pthread_t?>

    /// Begins to execute `body`.
    ///
    /// - Parameters:
    ///   - name: what `ps -L` and debuggers show, at most 15 bytes.
    ///   - nice: by how much it gives way to the daemon's other threads: work that takes long and that few wait for.
    /// - Throws: `overloaded` when the system has no thread left.
    public init(
        _ name: String, nice: Int32 = 0, _ body: @escaping @Sendable () -> Void
    ) throws(Failure) {
        let box = Unmanaged.passRetained(
            Body { [nice] in
                if nice > 0 { Self.giveWay(nice) }
                body()
            })
        var made: pthread_t = 0
        let code = pthread_create(
            &made, nil,
            { context in
                Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw Self.noneLeft(code)
        }
        thread = Mutex(made)
        shim_thread_name(made, name)
    }

    // Nobody waits for it any more: its stack is given back when it ends.
    deinit { if let thread = take() { pthread_detach(thread) } }

    /// Waits for its end; whoever asks after the first one does not (pthread_join(3)).
    public func join() { if let thread = take() { pthread_join(thread, nil) } }

    private func take() -> pthread_t? { thread.withLock { $0.take() } }

    /// Linux counts nice values by thread, and 0 is the calling one: setpriority(2), "C library/kernel differences".
    /// Where it is not allowed, the thread is as all others.
    private static func giveWay(_ nice: Int32) {
        let ofThread = __priority_which_t(PRIO_PROCESS.rawValue)
        setpriority(ofThread, 0, getpriority(ofThread, 0) + nice)
    }

    private static func noneLeft(_ code: Int32) -> Failure {
        Failure(
            .overloaded, "the system has no thread left for it (\(String(cString: strerror(code))))",
            hint: """
                Call again later. It comes again and again? Raise the limit of threads and processes of the daemon's \
                user: TasksMax= of its unit, or RLIMIT_NPROC.
                """
        ).with(\.retryAfterMilliseconds, 1000)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
