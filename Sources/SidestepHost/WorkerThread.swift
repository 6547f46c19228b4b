import CShims
import Glibc
import SidestepModel

/// A thread of our own: every thread of the daemon that no package makes is made here.
///
/// The system may have none left (RLIMIT_NPROC, TasksMax=), so making one can fail. Whoever cannot live
/// without a thread makes it at start; whoever makes one later hands the failure to the call that wanted it.
public final class WorkerThread: @unchecked Sendable {
    private var thread: pthread_t = 0
    private var isJoined = false

    /// Begins to execute `body`.
    ///
    /// - Parameter name: what `ps -L` and debuggers show, at most 15 bytes.
    /// - Throws: `overloaded` when the system has no thread left.
    public init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(Failure) {
        let box = Unmanaged.passRetained(Body(body))
        let code = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            isJoined = true
            throw Self.noneLeft(code)
        }
        shim_thread_name(thread, name)
    }

    // Nobody waits for it any more: its stack is given back when it ends.
    deinit { if !isJoined { pthread_detach(thread) } }

    /// Waits for its end; called once.
    public func join() {
        pthread_join(thread, nil)
        isJoined = true
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
