/// A value that threads have in turns, and for which they wait to be as they want it.
///
/// Unchecked: the value is touched behind the monitor alone.
public final class Guarded<Value: Sendable>: @unchecked Sendable {
    private let monitor = Monitor()
    private var value: Value

    /// Guards `value` from now on.
    public init(_ value: Value) { self.value = value }

    /// Changes or looks at the value while no other thread does, and wakes all that wait.
    public func change<T>(_ body: (inout Value) throws -> T) rethrows -> T {
        try monitor.locked {
            defer { monitor.broadcast() }
            return try body(&value)
        }
    }

    /// Waits until `body` has found something in the value, which it may change then.
    public func when<T>(_ body: (inout Value) -> T?) -> T {
        monitor.locked {
            while true {
                if let found = body(&value) { return found }
                monitor.wait()
            }
        }
    }

    /// The same, for so long after the last change at most.
    ///
    /// - Returns: nil when it was not found.
    public func when<T>(milliseconds: Int, _ body: (inout Value) -> T?) -> T? {
        monitor.locked {
            repeat {
                if let found = body(&value) { return found }
            } while monitor.wait(milliseconds: milliseconds)
            return nil
        }
    }
}
