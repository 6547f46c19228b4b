/// The parts in which an answer came, as its client gets it: without what was taken out before that.
public struct ReplyParts: Sendable, Equatable {
    /// Where parts end, rising, each inside of the body: what follows the last one is a part as well.
    public private(set) var splits: [Int] = []
    /// Milliseconds before each part, the rest's included; empty where that is not known.
    public private(set) var pauses: [Int] = []

    /// Splits of one answer that the daemon keeps, and as many pauses.
    private static let most = 200_000

    /// Of an answer that has come.
    ///
    /// - Parameter body: bytes of what the client gets of it.
    public init(of observer: ReplyObserver, _ pace: ReplyPace, body: Int) {
        var removed = 0
        var injected = observer.injected[...]
        let isTimed = pace.moments.count == observer.splits.count
        var moments: [Int] = []
        for (index, split) in observer.splits.enumerated() {
            while let range = injected.first, range.upperBound <= split {
                removed += range.count
                injected.removeFirst()
            }
            let place = split - removed
            // Of what was taken out nothing is left to be a part.
            guard place > splits.last ?? 0, place < body else { continue }
            splits.append(place)
            if isTimed { moments.append(pace.moments[index]) }
        }
        if splits.count >= Self.most { splits = [] }
        guard !splits.isEmpty, isTimed, let last = pace.moments.last else { return }
        pauses = ReplyPace.pauses(before: moments + [last])
    }

    /// As they were kept.
    public init(splits: [Int], pauses: [Int]) {
        self.splits = splits
        self.pauses = pauses.count == splits.count + 1 ? pauses : []
    }
}
