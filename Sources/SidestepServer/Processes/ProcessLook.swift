import SidestepEngine
import SidestepHost
import SidestepModel

/// Looks at processes for the engine.
public struct ProcessLook: ProcessLooking {
    /// Looks at the processes of this host.
    public init() {}

    /// Whether a process was stopped by a signal (SIGSTOP, Ctrl-Z), and so does nothing.
    public func isStopped(_ process: ProcessIdentity) -> Bool { ProcessTable.isStopped(process) }

    /// Whether the kernel has no such process any more.
    public func hasEnded(_ process: ProcessIdentity) -> Bool { ProcessTable.hasEnded(process) }
}
