/// An answer as deliveries read it: what is there of it, how much of that may be handed out, and whether it
/// is whole.
final class Answer {
    enum Stage: Equatable {
        case open
        /// All of it is there, and may be handed out.
        case complete
        /// It has no end.
        case broken
        /// There is none: the recorder says why.
        case refused(Rejection)
    }

    let spool = Spool()
    private(set) var head: ReplyHead?
    private(set) var stage = Stage.open
    /// How many of the bytes may be handed out.
    private(set) var released = 0
    /// Where the provider's events ended, for an answer that is given once more.
    var splits: [Int] = []
    private(set) var deliveries: [Delivery] = []
    /// Told when nobody reads any more what is not whole.
    var abandoned: () -> Void = {}

    /// Begins with status and headers.
    func begin(_ head: ReplyHead) { self.head = head }

    /// So many bytes may be handed out.
    func release(_ count: Int) { released = max(released, min(count, spool.count)) }

    /// Nothing more comes.
    func end(_ stage: Stage) {
        guard self.stage == .open else { return }
        self.stage = stage
        if stage == .complete { released = spool.count }
        pump()
    }

    /// Hands on to everybody what may be handed on.
    func pump() { for delivery in deliveries { delivery.pump() } }

    func add(_ delivery: Delivery) { deliveries.append(delivery) }

    func remove(_ delivery: Delivery) {
        deliveries.removeAll { $0 === delivery }
        if deliveries.isEmpty && stage == .open { abandoned() }
    }
}
