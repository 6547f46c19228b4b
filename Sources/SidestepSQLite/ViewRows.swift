import SidestepModel
import SidestepStore

struct ViewStatements {
    let list, put, delete: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        list = try library.prepare("view_list", on: connection)
        put = try library.prepare("view_put", on: connection)
        delete = try library.prepare("view_delete", on: connection)
    }
}

extension SQLiteSession {
    func views(user: UserID) throws(Failure) -> [ViewRecord] {
        try views.list.all(Int64(user)) { ViewRecord(&$0) }
    }

    func putView(_ view: ViewRecord) throws(Failure) {
        try views.put.run(Int64(view.userID), view.name, view.filter, view.created, view.updated)
    }

    func deleteView(user: UserID, name: String) throws(Failure) -> Bool {
        try views.delete.run(Int64(user), name) == 1
    }
}

extension ViewRecord {
    fileprivate init(_ row: inout Row) {
        self.init(
            userID: row.user(), name: row.string(), filter: row.payload(),
            now: row.instant())
        updated = row.instant()
    }
}
