import SidestepEngine
import SidestepHost
import SidestepModel

/// Looks at processes for the engine.
public struct ProcessLook: ProcessLooking {
    public init() {}

    public func isStopped(_ process: ProcessIdentity) -> Bool { ProcessTable.isStopped(process) }
}
