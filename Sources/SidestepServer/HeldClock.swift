import NIOCore

/// When connections write the beginnings that they hold: one timer of the loop for all of them.
struct HeldClock {
    /// A beginning waits for its outcome for two of these at most, 25 ms.
    static let tick = TimeAmount.microseconds(12_500)

    /// Those that began to hold since the last tick, and before it.
    private var young: [Session] = []
    private var old: [Session] = []

    var isEmpty: Bool { young.isEmpty && old.isEmpty }

    mutating func append(_ session: Session) { young.append(session) }

    /// Takes out the connections whose time is over.
    mutating func advance() -> [Session] {
        defer { (old, young) = (young, []) }
        return old
    }
}
