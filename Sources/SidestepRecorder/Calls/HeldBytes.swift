/// What came of an answer and may not be handed out yet.
struct HeldBytes {
    private var bytes: [UInt8] = []
    /// Of the provider's bytes, those that were taken.
    private var taken = 0

    var count: Int { bytes.count }

    mutating func append(_ more: [UInt8]) { bytes += more }

    /// Takes what stands before a place of the provider's bytes; nil when there is nothing.
    ///
    /// - Parameter injected: where stands what was asked for in the client's place.
    mutating func take(upTo place: Int, without injected: [Range<Int>]) -> [UInt8]? {
        let end = min(max(0, place - taken), bytes.count)
        guard end > 0 else { return nil }
        var kept = Array(bytes[..<end])
        for range in injected.reversed() {
            let cut = (range.lowerBound - taken)..<(range.upperBound - taken)
            if cut.lowerBound >= 0, cut.upperBound <= end { kept.removeSubrange(cut) }
        }
        bytes.removeFirst(end)
        taken += end
        return kept
    }
}
