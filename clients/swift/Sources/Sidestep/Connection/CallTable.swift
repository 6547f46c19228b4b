import SidestepProtocol

/// The calls of a connection that wait for an answer: a value, so that its rules can be tested without a
/// socket.
struct CallTable {
    typealias Completion = @Sendable (Result<RawJSON, SidestepError>) -> Void

    /// One call.
    struct Call {
        let frame: [UInt8]
        /// Whether the daemon treats a second copy like the first, so that a lost reply may be asked for
        /// again.
        let mayResend: Bool
        /// Whether the frame went out on a connection; only such a call can have been carried out.
        var wasSent: Bool
        let complete: Completion
    }

    private var waiting: [Int: Call] = [:]
    /// Calls of the connection itself, gone with it.
    private var own: [Int: Call] = [:]
    private var lastID = 0

    var isEmpty: Bool { waiting.isEmpty }

    /// A number no other call of this connection has.
    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    mutating func add(_ call: Call, id: Int) { waiting[id] = call }

    /// Takes a call out, because it was answered or given up. Nil when it is not waiting (any more).
    mutating func take(_ id: Int) -> Call? { waiting.removeValue(forKey: id) ?? own.removeValue(forKey: id) }

    /// Adds a call that nobody waits for: it is never sent again and keeps no connection open.
    mutating func addOwn(_ call: Call, id: Int) { own[id] = call }

    /// Takes out the calls that a broken connection leaves in doubt: sent, and not safe to send again.
    mutating func takeInDoubt() -> [Call] {
        own = [:]
        let ids = waiting.filter { $0.value.wasSent && !$0.value.mayResend }.keys.sorted()
        return ids.compactMap { waiting.removeValue(forKey: $0) }
    }

    /// Takes out everything.
    mutating func takeAll() -> [Call] {
        defer { (waiting, own) = ([:], [:]) }
        return waiting.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The frames of all waiting calls in the order they were made, now marked as sent.
    mutating func framesToSend() -> [[UInt8]] {
        let ids = waiting.keys.sorted()
        for id in ids { waiting[id]?.wasSent = true }
        return ids.compactMap { waiting[$0]?.frame }
    }
}
