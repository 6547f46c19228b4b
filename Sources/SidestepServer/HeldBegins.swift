import SidestepEngine
import SidestepModel

/// `step.begin` notifications of one connection that are not written yet.
///
/// A step that ends within a moment is written once, with its outcome; one that lasts is written by
/// itself soon, so that everybody sees it running. Losing such a notification in a crash is harmless:
/// the step is then begun again.
struct HeldBegins {
    /// How long a beginning waits for its outcome.
    static let milliseconds: Int64 = 25
    /// How many one connection may have; past it they are written at once.
    static let limit = 256
    /// A notification of more bytes is written at once.
    static let bytes = 16 << 10

    struct Key: Hashable {
        let proof: LeaseProof
        let step: String
    }

    struct Held {
        let begun: UnwrittenBegin
        let work: Call.Work
    }

    private var order: [Key] = []
    private var byKey: [Key: Held] = [:]

    var isEmpty: Bool { byKey.isEmpty }
    var isFull: Bool { byKey.count >= Self.limit }

    mutating func insert(_ key: Key, _ held: Held) {
        if byKey.updateValue(held, forKey: key) == nil { order.append(key) }
    }

    /// The beginning that belongs to an outcome; it will not be written by itself any more.
    mutating func take(_ key: Key) -> UnwrittenBegin? {
        guard let held = byKey.removeValue(forKey: key) else { return nil }
        order.removeAll { $0 == key }
        return held.begun
    }

    /// All of them, in the order in which they came.
    mutating func takeAll() -> [Held] {
        defer { (order, byKey) = ([], [:]) }
        return order.compactMap { byKey[$0] }
    }
}
