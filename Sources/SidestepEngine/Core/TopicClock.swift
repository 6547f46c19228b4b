/// When topics were last woken, as far as a call that is on its way may have missed it.
///
/// A call looks, finds that it has to wait, and is parked when its batch is told of. Where a store tells of batches in
/// the order of their commits, a wake-up for it comes later; where it does not, the wake-up may come first and find
/// nobody. So a call notes the time when it sets out, and one that would be parked on a topic that was woken since is
/// performed again.
struct TopicClock {
    /// More topics than this are not remembered one by one: whoever set out before then looks again.
    static let limit = 1024

    private var tick: Int64 = 0
    /// Everything up to here may have been woken.
    private var floor: Int64 = 0
    private var woken: [Topic: Int64] = [:]
    private var underWay = 0

    /// A call sets out: the time of it.
    mutating func begin() -> Int64 {
        underWay += 1
        return tick
    }

    /// It has come to its end, or is parked.
    mutating func end() {
        underWay -= 1
        if underWay == 0 { woken = [:] }
    }

    mutating func wake(_ topic: Topic) {
        guard underWay > 0 else { return }
        tick += 1
        if woken.count >= Self.limit { (floor, woken) = (tick, [:]) }
        woken[topic] = tick
    }

    /// Whether one that set out then may have missed a wake-up.
    func hasMissed(_ topics: [Topic], since start: Int64) -> Bool {
        start < floor || topics.contains { woken[$0, default: 0] > start }
    }
}
