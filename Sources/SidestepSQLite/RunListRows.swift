import SidestepModel
import SidestepStore

/// The statements that find the runs of a list, by the index that leads and the number of tags they intersect.
struct RunListStatements {
    private let byOrder, byWorkflow, byStatus: [Statement]
    private let open, byParent: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        func blocks(_ name: String) throws(Failure) -> [Statement] {
            [
                try library.prepare(name, on: connection), try library.prepare(name + "_tag", on: connection),
                try library.prepare(name + "_tags", on: connection),
            ]
        }
        byOrder = try blocks("run_keys")
        byWorkflow = try blocks("run_keys_workflow")
        byStatus = try blocks("run_keys_status")
        open = try library.prepare("run_keys_open", on: connection)
        byParent = try library.prepare("run_keys_parent", on: connection)
    }

    /// The statement for a filter, and how many of its tags the statement looks at.
    ///
    /// Open runs and children are few, so their tags are looked at one by one.
    func leading(_ filter: RunFilter) -> (statement: Statement, tags: Int) {
        if filter.parent != nil { return (byParent, 0) }
        if filter.isOpen && filter.status == nil { return (open, 0) }
        let tags = min(filter.tags.count, 2)
        if filter.status != nil { return (byStatus[tags], tags) }
        return (filter.workflow == nil ? byOrder[tags] : byWorkflow[tags], tags)
    }
}

extension SQLiteSession {
    func runs(_ filter: RunFilter) throws(Failure) -> Page<RunRecord> {
        if filter.isOpen, filter.status?.isClosed == true { return Page(items: [], hasMore: false) }
        let keys = try runKeys(filter)
        var page = Page<RunRecord>(items: [], hasMore: false)
        var room = PageRoom(limit: filter.limit)
        for key in keys {
            page.hasMore = room.isFull
            if room.isFull { break }
            guard let record = try run(key: key) else { continue }
            page.items.append(record)
            room.take(record.metadata?.count ?? 0)
        }
        return page
    }

    /// The keys of a page, newest first, and one more if there is one.
    private func runKeys(_ filter: RunFilter) throws(Failure) -> [Int64] {
        let (statement, tagCount) = lists.leading(filter)
        let rest = filter.tags.dropFirst(tagCount)
        var keys: [Int64] = []
        var failure: Failure?
        try statement.each(list: values(filter, tagCount)) { row in
            let key = row.integer()
            do throws(Failure) {
                if try hasTags(key, rest) { keys.append(key) }
            } catch {
                failure = error
            }
            return keys.count <= filter.limit && failure == nil
        }
        if let failure { throw failure }
        return keys
    }

    private func values(_ filter: RunFilter, _ tagCount: Int) -> [any ColumnValue] {
        let users = filter.user.map { Int64($0)...Int64($0) } ?? 0...Int64(RunRecord.nobody) - 1
        var values: [any ColumnValue] = [
            filter.before ?? .max, users.lowerBound, users.upperBound,
            filter.createdAfter, filter.createdBefore,
            textBesidesWorkflow(filter),
            filter.workflow, filter.status?.rawValue,
        ]
        if let parent = filter.parent { return values + [parent, filter.isOpen] as [any ColumnValue] }
        for tag in filter.tags.prefix(tagCount) { values += [tag.name, tag.value] as [any ColumnValue] }
        return values
    }

    /// The text to look for; none where the workflow asked for holds it already.
    private func textBesidesWorkflow(_ filter: RunFilter) -> String? {
        guard let text = filter.text, let workflow = filter.workflow else { return filter.text }
        return workflow.contains(text) ? nil : text
    }

    private func hasTags(
        _ run: Int64, _ tags: ArraySlice<(name: String, value: String)>
    ) throws(Failure) -> Bool {
        if tags.isEmpty { return true }
        let known = try runTags(key: run)
        return tags.allSatisfy { tag in known.contains { $0 == tag } }
    }
}
