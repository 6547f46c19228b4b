import SidestepModel

/// The numbers of journal entries: they grow with the commits and are never given twice.
///
/// The writer counts in memory and notes in the database, once in a block, how far it may count. What was
/// noted but not given when a process died is skipped, and so is what a job took that was rolled back.
struct SequenceNumbers {
    static let block: Int64 = 10_000

    private(set) var last: Int64
    private(set) var reserved: Int64
    /// Whether the note of `reserved` is in the transaction that is open.
    private var isUncommitted = false

    init(reserved: Int64) {
        last = reserved
        self.reserved = reserved
    }

    /// The next number, and how far has to be noted before it may be used, if so.
    mutating func next() -> (number: Int64, reserve: Int64?) {
        last += 1
        guard last > reserved else { return (last, nil) }
        reserved = last + Self.block
        isUncommitted = true
        return (last, reserved)
    }

    mutating func committed() { isUncommitted = false }

    /// What was noted in the transaction is gone: it will be noted again.
    mutating func rolledBack() {
        if isUncommitted { reserved = last }
    }
}

extension SQLiteSession {
    func nextSequence() throws(Failure) -> Int64 {
        if sequences == nil {
            sequences = SequenceNumbers(reserved: try journal.reserved.first { $0.integer() } ?? 0)
        }
        guard let next = sequences?.next() else { preconditionFailure("there are numbers now") }
        if let bound = next.reserve { try journal.reserve.run(bound) }
        return next.number
    }

    /// Notes the last number that was given, so that the next start skips none.
    func releaseSequences() throws(Failure) {
        if let last = sequences?.last { try journal.reserve.run(last) }
    }
}
