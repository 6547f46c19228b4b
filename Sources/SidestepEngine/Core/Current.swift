import Synchronization

/// A value that a reload of the configuration replaces while threads read it.
public final class Current<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    /// The value until the first `replace`.
    public init(_ value: Value) { stored = Mutex(value) }

    /// What was put last; a reader that takes it once works with one configuration to its end.
    public var value: Value { stored.withLock { $0 } }

    /// Puts another value for all who read from now on; what was read before stays what it was.
    public func replace(_ value: Value) { stored.withLock { $0 = value } }
}
