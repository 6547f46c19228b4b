import SidestepModel

/// The thread on which the coordinator lives; everything it owns is touched there and nowhere else.
public protocol EngineLoop: Sendable {
    /// Runs `body` on the loop: at once when called on it, soon otherwise.
    func run(_ body: @escaping @Sendable () -> Void)
    /// Runs `body` on the loop after a delay, unless cancelled.
    func schedule(afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void) -> any LoopTimer
    /// The same, counting time in which the machine slept. There is one alarm: setting it replaces what was set.
    func alarm(afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void) -> any LoopTimer
    func assertOnLoop()
}

public protocol LoopTimer: Sendable {
    func cancel()
}

/// What the kernel knows of processes.
public protocol ProcessWatching: Sendable {
    /// Tells once, on any thread, when the process ends.
    /// - Returns: false when it has ended already, or its id belongs to another one now.
    func watch(_ process: ProcessIdentity, onExit: @escaping @Sendable () -> Void) -> Bool
    func unwatch(_ process: ProcessIdentity)
    /// Sends a signal to this very process, never to one that inherited its id.
    func signal(_ process: ProcessIdentity, _ signal: Int32)
}

/// What a look at a process shows.
public protocol ProcessLooking: Sendable {
    /// Whether this very process is stopped, by a signal or a debugger; false where nothing is known of it.
    func isStopped(_ process: ProcessIdentity) -> Bool
}

/// Where nobody looks at processes.
public struct NoProcesses: ProcessLooking {
    public init() {}
    public func isStopped(_ process: ProcessIdentity) -> Bool { false }
}
