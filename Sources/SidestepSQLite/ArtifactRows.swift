import SidestepModel
import SidestepStore

struct ArtifactStatements {
    let get, list, listName, listRun, insert: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        get = try block("artifact_get")
        list = try block("artifact_list")
        listName = try block("artifact_list_name")
        listRun = try block("artifact_list_run")
        insert = try block("artifact_insert")
    }
}

extension SQLiteSession {
    func artifact(run: Int64, name: String, version: Int64?) throws(Failure) -> ArtifactRecord? {
        try artifacts.get.first(run, name, version) { ArtifactRecord(&$0) }
    }

    func artifacts(_ filter: ArtifactFilter) throws(Failure) -> Page<ArtifactRecord> {
        let before = filter.before ?? .max
        let limit = Int64(filter.limit) + 1
        let user = filter.user.map(Int64.init)
        if let run = filter.run {
            return try artifacts.listRun.page(before, filter.name, limit, run, limit: filter.limit) {
                ArtifactRecord(&$0)
            }
        }
        if let name = filter.name {
            return try artifacts.listName.page(before, user, limit, name, limit: filter.limit) {
                ArtifactRecord(&$0)
            }
        }
        return try artifacts.list.page(before, user, limit, limit: filter.limit) { ArtifactRecord(&$0) }
    }

    func insertArtifact(_ artifact: ArtifactRecord, epoch: Int64) throws(Failure) {
        try requireOne(
            try artifacts.insert.run(
                artifact.run, epoch, artifact.name, artifact.version,
                artifact.type.rawValue, artifact.content, artifact.path,
                artifact.description, artifact.created))
    }
}

extension ArtifactRecord {
    /// Reads the columns of `artifact_get` in their order.
    init(_ row: inout Row) {
        let (key, run, name, version) = (row.integer(), row.integer(), row.string(), row.integer())
        self.init(
            key: key, run: run, name: name, version: version, type: row.status(),
            created: Instant(milliseconds: 0))
        content = row.optionalPayload()
        path = row.optionalString()
        description = row.optionalString()
        created = row.instant()
    }
}
