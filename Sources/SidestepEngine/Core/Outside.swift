import SidestepModel

/// The thread on which the coordinator lives; everything it owns is touched there and nowhere else.
public protocol EngineLoop: Sendable {
    /// Runs `body` on the loop: at once when called on it, soon otherwise.
    func run(_ body: @escaping @Sendable () -> Void)
    /// Runs `body` on the loop after a delay, unless cancelled.
    func schedule(afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void) -> any LoopTimer
    /// The same, counting time in which the machine slept. There is one alarm: setting it replaces what was set.
    func alarm(afterMilliseconds delay: Int64, _ body: @escaping @Sendable () -> Void) -> any LoopTimer
    /// Ends the program in a debug build when it is called on another thread.
    func assertOnLoop()
}

/// A timer that was set on the loop; cancelling one that has fired does nothing.
public protocol LoopTimer: Sendable {
    /// Keeps its body from running; on the loop.
    func cancel()
}

/// What the kernel knows of processes.
public protocol ProcessWatching: Sendable {
    /// Tells once, on any thread, when the process ends; never when it has ended already.
    func watch(_ process: ProcessIdentity, onExit: @escaping @Sendable () -> Void) -> Watched
    /// Its end is told no more; a process that is not watched is no error.
    func unwatch(_ process: ProcessIdentity)
    /// Sends a signal to this very process, never to one that inherited its id.
    func signal(_ process: ProcessIdentity, _ signal: Int32) -> Signalled
}

/// How a process is watched from now on.
public enum Watched: Sendable, Equatable {
    /// Not at all: it has ended, or its id belongs to another one now.
    case ended
    /// The kernel tells of its end at once.
    case byDescriptor
    /// It is looked at again and again: the system has no pidfd for it.
    case byLooking
}

/// What came of a signal.
public enum Signalled: Sendable, Equatable {
    /// The kernel took it; what the process does with it is another matter.
    case sent
    /// There is no such process any more.
    case ended
    /// The kernel says why it was not sent, in its own words.
    case refused(String)
}

/// What a look at a process shows.
public protocol ProcessLooking: Sendable {
    /// Whether this very process is stopped, by a signal or a debugger; false where nothing is known of it.
    func isStopped(_ process: ProcessIdentity) -> Bool
    /// Whether the kernel says that there is no such process any more; false where it says nothing.
    func hasEnded(_ process: ProcessIdentity) -> Bool
}

/// Where nobody looks at processes.
public struct NoProcesses: ProcessLooking {
    /// For environments that tell nothing of stopped owners: tests, and tools without a daemon.
    public init() {}
    /// Always false, so that `run.explain` never says that an owner is stopped.
    public func isStopped(_ process: ProcessIdentity) -> Bool { false }
    /// Always false, so that nobody waits for the death of an owner that is not watched.
    public func hasEnded(_ process: ProcessIdentity) -> Bool { false }
}
