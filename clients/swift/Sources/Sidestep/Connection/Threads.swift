import Glibc

/// Threads for code that blocks: the cooperative pool of Swift has one thread per core and must never wait.
enum Threads {
    /// Runs `body` on a new detached thread.
    ///
    /// - Throws: when the system has no thread left: pthread_create(3), EAGAIN.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let status = pthread_create(
            &thread, &attributes,
            { context in
                Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        guard status == 0 else {
            box.release()
            throw SystemError("pthread_create", status)
        }
    }

    /// What is told to whoever wanted something that needs a thread.
    static func noneLeft(_ error: SystemError) -> SidestepError {
        SidestepError(
            .overloaded, "the system has no thread left for the connection: \(error.message)",
            hint: "raise the limit of threads and processes of the program's user (ulimit -u, TasksMax=)")
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
