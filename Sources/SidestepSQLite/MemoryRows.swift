import SidestepModel
import SidestepStore

struct MemoryStatements {
    let get, byKey, newest, namespaces, count, namespace, addNamespace, put, refresh, delete, clear,
        expire: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func block(_ name: String) throws(Failure) -> Statement { try library.prepare(name, on: connection) }
        get = try block("memory_get")
        byKey = try block("memory_by_key")
        newest = try block("memory_newest")
        namespaces = try block("memory_namespaces")
        count = try block("memory_count")
        namespace = try block("memory_namespace_key")
        addNamespace = try block("memory_namespace_add")
        put = try block("memory_put")
        refresh = try block("memory_refresh")
        delete = try block("memory_delete")
        clear = try block("memory_clear")
        expire = try block("memory_expire")
    }
}

extension MemoryNamespace {
    /// Behind the paths of all below it: they begin with `path`, so their last character but one is the separator.
    ///
    /// Below a user's root is everything, and bytes sort behind all texts (sqlite.org/datatype3.html#comparisons).
    fileprivate var end: PathEnd {
        labels.isEmpty ? .none : .path(String(path.unicodeScalars.dropLast()) + "\u{20}")
    }

    fileprivate enum PathEnd: ColumnValue {
        case path(String)
        case none

        init(_ row: inout Row) { self = .path(row.string()) }

        func bind(_ binding: inout Binding) {
            switch self {
            case .path(let path): binding.string(path)
            case .none: binding.blob([])
            }
        }
    }
}

extension SQLiteSession {
    func memory(
        user: UserID, _ namespace: MemoryNamespace, key: String, now: Instant
    ) throws(Failure) -> MemoryRecord? {
        try memories.get.first(user, namespace.path, key, now) { MemoryRecord(&$0) }
    }

    func memories(
        user: UserID, below namespace: MemoryNamespace, now: Instant, _ visit: (MemoryRecord) -> Bool
    ) throws(Failure) {
        var failure: Failure?
        try memories.newest.each(user, namespace.path, namespace.end, now) { row in
            do throws(Failure) {
                let found = try memories.byKey.first(row.integer()) { MemoryRecord(&$0) }
                return found.map(visit) ?? true
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
    }

    func memoryNamespaces(
        user: UserID, below namespace: MemoryNamespace, now: Instant, _ visit: (MemoryNamespace) -> Bool
    ) throws(Failure) {
        try memories.namespaces.each(user, namespace.path, namespace.end, now) { row in
            visit(MemoryNamespace(path: row.string()))
        }
    }

    func memoryCount() throws(Failure) -> Int64 { try memories.count.first { $0.integer() } ?? 0 }

    func putMemory(user: UserID, _ memory: MemoryRecord) throws(Failure) {
        let namespace = try memoryNamespaceKey(user: user, memory.namespace.path)
        try memories.put.run(
            namespace, memory.itemKey, memory.value, memory.updated, memory.ttlMilliseconds, memory.expires)
    }

    private func memoryNamespaceKey(user: UserID, _ path: String) throws(Failure) -> Int64 {
        if let known = try memories.namespace.first(user, path, read: { $0.integer() }) { return known }
        try memories.addNamespace.run(user, path)
        return connection.lastInsertedKey
    }

    func refreshMemory(
        user: UserID, _ namespace: MemoryNamespace, key: String, now: Instant
    ) throws(Failure) -> Bool {
        try memories.refresh.run(user, namespace.path, key, now) == 1
    }

    func deleteMemory(
        user: UserID, _ namespace: MemoryNamespace, key: String, now: Instant
    ) throws(Failure) -> Bool {
        try memories.delete.run(user, namespace.path, key, now) == 1
    }

    func deleteMemories(
        user: UserID, below namespace: MemoryNamespace, changedUpTo moment: Instant, limit: Int
    ) throws(Failure) -> (count: Int, isDone: Bool) {
        var budget = try RowBudget(rows: limit, chores.freePages)
        let isDone = try budget.delete(memories.clear, user, namespace.path, namespace.end, moment)
        return (limit - budget.rows, isDone)
    }

    func deleteExpiredMemories(now: Instant, limit: Int) throws(Failure) -> Bool {
        var budget = try RowBudget(rows: limit, chores.freePages)
        return try budget.delete(memories.expire, now)
    }
}

extension MemoryRecord {
    /// Reads the columns of `{memory}` in their order.
    fileprivate init(_ row: inout Row) {
        self.init(
            namespace: MemoryNamespace(path: row.string()), itemKey: row.string(), value: row.payload(),
            at: row.instant(), ttlMilliseconds: nil)
        updated = row.instant()
        ttlMilliseconds = row.optionalInteger()
        expires = row.optionalInstant()
    }
}
