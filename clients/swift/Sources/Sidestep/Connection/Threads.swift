import SidestepLibC

/// Threads for code that blocks: the cooperative pool of Swift has one thread per core and must never wait.
enum Threads {
    /// Runs `body` on a new detached thread.
    ///
    /// - Throws: when the system has no thread left: pthread_create(3), EAGAIN.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let status = System.startThread(body)
        guard status == 0 else { throw SystemError("pthread_create", status) }
    }

    /// Blocks the calling thread, which is none of the pool.
    static func pause(_ duration: Duration) {
        System.pause(microseconds: UInt32(clamping: Int(duration / .microseconds(1))))
    }

    /// What is told to whoever wanted something that needs a thread.
    static func noneLeft(_ error: SystemError) -> SidestepError {
        SidestepError(
            .overloaded, "the system has no thread left for the connection: \(error.message)",
            hint: "raise the limit of threads and processes of the program's user (ulimit -u, TasksMax=)")
    }
}
