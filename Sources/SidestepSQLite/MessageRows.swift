import SidestepModel
import SidestepStore

struct MessageStatements {
    let insertBranch, branch, length, branches, needed, deleteBranch: Statement
    let insert, range: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        insertBranch = try block("branch_insert")
        branch = try block("branch_by_key")
        length = try block("branch_length")
        branches = try block("branch_list")
        needed = try block("branch_needed")
        deleteBranch = try block("branch_delete")
        insert = try block("message_insert")
        range = try block("message_range")
    }

    /// Where a branch comes from; nil when it begins empty.
    func parent(of branch: Int64) throws(Failure) -> HistoryPoint? {
        let found = try self.branch.first(branch) { row -> HistoryPoint? in
            row.optionalInteger().map { HistoryPoint(branch: $0, length: row.integer()) }
        }
        return found ?? nil
    }

    /// The branches of a run below one, newest first.
    func branches(of run: Int64, below key: Int64 = .max, limit: Int = .max) throws(Failure) -> [Int64] {
        try branches.all(run, key, Int64(limit)) { $0.integer() }
    }
}

extension SQLiteSession {
    func insertBranch(run: Int64, parent: HistoryPoint?) throws(Failure) -> Int64 {
        let origin = try parent.flatMap { point throws(Failure) in try shortest(point) }
        try messages.insertBranch.run(
            run, origin?.branch, origin?.length ?? 0)
        return connection.lastInsertedKey
    }

    func branchLength(_ branch: Int64) throws(Failure) -> Int64 {
        try messages.length.first(branch) { $0.integer() } ?? 0
    }

    func appendMessages(_ new: [Payload], branch: Int64, position: Int64) throws(Failure) {
        for (index, content) in new.enumerated() {
            try messages.insert.run(branch, position + Int64(index), content)
        }
    }

    func messages(_ point: HistoryPoint, _ range: Range<Int64>, maxBytes: Int) throws(Failure) -> [Payload] {
        var found: [Payload] = []
        var bytes = 0
        for part in try parts(of: point, in: range.clamped(to: 0..<max(0, point.length))) {
            var isFull = false
            try messages.range.each(
                part.branch, part.range.lowerBound, part.range.upperBound
            ) { row in
                if bytes >= maxBytes && !found.isEmpty {
                    isFull = true
                    return false
                }
                found.append(row.payload())
                bytes += found[found.count - 1].count
                return true
            }
            if isFull { break }
        }
        return found
    }

    /// The pieces of a history by the branch that stores them, oldest first.
    private func parts(
        of point: HistoryPoint, in range: Range<Int64>
    ) throws(Failure) -> [(branch: Int64, range: Range<Int64>)] {
        var pieces: [(branch: Int64, range: Range<Int64>)] = []
        var next: HistoryPoint? = point
        while let current = next, current.length > range.lowerBound {
            next = try messages.parent(of: current.branch)
            let own = (next?.length ?? 0)..<max(next?.length ?? 0, current.length)
            let piece = own.clamped(to: range)
            if !piece.isEmpty { pieces.append((current.branch, piece)) }
        }
        return pieces.reversed()
    }

    /// The same history through as few branches as possible: where it ends inside what a
    /// branch shares, its parent does.
    private func shortest(_ point: HistoryPoint) throws(Failure) -> HistoryPoint? {
        var current = point
        while let parent = try messages.parent(of: current.branch), current.length <= parent.length {
            current.branch = parent.branch
        }
        return current.length == 0 ? nil : current
    }
}
