import SidestepModel
import SidestepStore

struct StateStatements {
    let get, list, set, delete, fence: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        get = try block("state_get")
        list = try block("state_list")
        set = try block("state_set")
        delete = try block("state_delete")
        fence = try block("run_fence")
    }
}

extension SQLiteSession {
    func state(run: Int64, name: String) throws(Failure) -> Payload? {
        try states.get.first(run, name) { $0.payload() }
    }

    func states(run: Int64) throws(Failure) -> [(name: String, value: Payload)] {
        try states.list.all(run) { (name: $0.string(), value: $0.payload()) }
    }

    func setState(run: Int64, name: String, value: Payload?, epoch: Int64) throws(Failure) {
        if let value {
            let changes = try states.set.run(run, epoch, name, value)
            return try requireOne(changes)
        }
        // Deleting what is not there changes no row either, so the fence is asked by itself.
        guard try states.fence.hasRow(run, epoch) else { throw leaseLost() }
        try states.delete.run(run, epoch, name)
    }
}
