import SidestepModel
import SidestepStore

struct UsageStatements {
    let add, sums, forget, addPaid, paid: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        add = try library.prepare("usage_add", on: connection)
        sums = try library.prepare("usage_sums", on: connection)
        forget = try library.prepare("usage_forget", on: connection)
        addPaid = try library.prepare("paid_add", on: connection)
        paid = try library.prepare("paid_of_run", on: connection)
    }
}

extension SQLiteSession {
    func usageSums(by grouping: UsageGrouping, _ filter: UsageFilter) throws(Failure) -> [UsageSum] {
        try usages.sums.all(
            grouping.rawValue, filter.from, filter.until, filter.user.map(Int64.init), filter.workflow,
            filter.model
        ) { UsageSum(part: $0.string(), name: $0.string(), amount: $0.integer()) }
    }

    func addUsage(
        hour: Int64, user: UserID, workflow: String, model: String, name: String, amount: Int64
    ) throws(Failure) {
        try usages.add.run(hour, Int64(user), workflow, model, name, amount)
    }

    func forgetUsage(before hour: Int64, limit: Int) throws(Failure) {
        try usages.forget.run(hour, Int64(limit))
    }

    func paid(run: Int64, generation: Int64) throws(Failure) -> [(name: String, amount: Int64)] {
        try usages.paid.all(run, generation) { (name: $0.string(), amount: $0.integer()) }
    }

    func addPaid(run: Int64, generation: Int64, name: String, amount: Int64) throws(Failure) {
        try usages.addPaid.run(run, generation, name, amount)
    }
}
