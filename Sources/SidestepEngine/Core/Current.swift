import Synchronization

/// A value that a reload of the configuration replaces while threads read it.
public final class Current<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    public init(_ value: Value) { stored = Mutex(value) }

    public var value: Value { stored.withLock { $0 } }

    public func replace(_ value: Value) { stored.withLock { $0 = value } }
}
