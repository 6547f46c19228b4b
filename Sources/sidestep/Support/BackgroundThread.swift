@preconcurrency import Glibc

/// Work beside the command, on a thread that takes no signals and that nobody waits for.
enum BackgroundThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread: pthread_t = 0
        pthread_create(
            &thread, nil,
            { context in
                let work = Unmanaged<Work>.fromOpaque(context!).takeRetainedValue()
                var mask = sigset_t()
                sigfillset(&mask)
                pthread_sigmask(SIG_BLOCK, &mask, nil)
                work.body()
                return nil
            }, Unmanaged.passRetained(Work(body)).toOpaque())
        pthread_detach(thread)
    }
}
