import SidestepModel

/// How much one transaction may delete: so many rows, and so many pages, for a row may have thousands.
struct RowBudget {
    /// Pages freed by one transaction, about: 8 MiB, some ten milliseconds.
    static let pages: Int64 = 2048

    private(set) var rows: Int
    private let freePages: Statement
    private let freeAtStart: Int64
    private var freed: Int64 = 0

    init(rows: Int, _ freePages: Statement) throws(Failure) {
        self.rows = rows
        self.freePages = freePages
        freeAtStart = try Self.count(freePages)
    }

    var isSpent: Bool { rows <= 0 || freed >= Self.pages }

    /// Deletes row by row, by a statement whose last parameter says how many.
    ///
    /// - Returns: whether none is left.
    mutating func delete<each Value: ColumnValue>(
        _ statement: Statement, _ values: repeat each Value
    ) throws(Failure) -> Bool {
        while !isSpent {
            if try statement.run(repeat each values, 1) == 0 { return true }
            try spend(1)
        }
        return false
    }

    /// Counts rows that were deleted otherwise.
    mutating func spend(_ count: Int) throws(Failure) {
        rows -= count
        freed = try Self.count(freePages) - freeAtStart
    }

    private static func count(_ freePages: Statement) throws(Failure) -> Int64 {
        try freePages.first { $0.integer() } ?? 0
    }
}
