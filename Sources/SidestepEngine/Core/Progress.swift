/// How far a use case is that does its work in several transactions (`Wait.turn`).
///
/// Unchecked: a call is performed by one thread at a time, each time behind the time before.
final class Progress<Value>: @unchecked Sendable {
    var value: Value

    init(_ value: Value) { self.value = value }
}
