import SidestepModel
import SidestepStore

struct SpaceStatements {
    private let parts: [SpacePart: Statement]

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        var parts: [SpacePart: Statement] = [:]
        for part in SpacePart.allCases {
            parts[part] = try library.prepare("space_\(part.rawValue)", on: connection)
        }
        self.parts = parts
    }

    subscript(part: SpacePart) -> Statement { parts[part]! }
}

extension SQLiteSession {
    func space(
        of part: SpacePart, after key: Int64, limit: Int, _ visit: (SpaceRow) -> Bool
    ) throws(Failure) {
        try spaces[part].each(key, Int64(limit)) { visit(SpaceRow(&$0)) }
    }
}

extension SpaceRow {
    fileprivate init(_ row: inout Row) {
        let key = row.integer()
        let user = row.optionalInteger().flatMap(UInt32.init(exactly:))
            .map { UserID($0) }
        self.init(
            key: key, user: user == RunRecord.nobody ? nil : user, workflow: row.optionalString(),
            bytes: row.integer(),
            isOpen: row.integer() != 0)
    }
}
