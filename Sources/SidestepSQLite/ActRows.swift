import SidestepModel
import SidestepStore

struct ActStatements {
    let append, list, listUser, forget: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        append = try library.prepare("act_append", on: connection)
        list = try library.prepare("act_list", on: connection)
        listUser = try library.prepare("act_list_user", on: connection)
        forget = try library.prepare("act_forget", on: connection)
    }
}

extension SQLiteSession {
    func acts(user: UserID?, after sequence: Int64, limit: Int) throws(Failure) -> Page<ActRecord> {
        var values: [any ColumnValue] = [sequence, Int64(limit) + 1]
        if let user { values.append(Int64(user)) }
        return try (user == nil ? acts.list : acts.listUser).page(list: values, limit: limit) {
            ActRecord(&$0)
        }
    }

    func appendAct(_ act: ActRecord) throws(Failure) {
        try acts.append.run(
            try nextSequence(), act.at, act.method, act.subject,
            Int64(act.userID), Int64(act.byUser), Int64(act.byProcess),
            act.detail)
    }

    func forgetActs(before moment: Instant, keeping lines: Int64, limit: Int) throws(Failure) {
        try acts.forget.run(moment, lines, Int64(limit))
    }
}

extension ActRecord {
    fileprivate init(_ row: inout Row) {
        let sequence = row.integer()
        self.init(
            at: row.instant(), method: row.string(), subject: row.optionalString(),
            userID: row.user(),
            byUser: row.user(),
            byProcess: Int32(truncatingIfNeeded: row.integer()), detail: row.optionalPayload())
        self.sequence = sequence
    }
}
