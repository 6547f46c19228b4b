import SidestepModel
import SidestepProtocol
import SidestepStore

/// A part of a list that is asked for by numbers.
public struct MemoryPage<Item: Sendable>: Sendable {
    /// The items in their order.
    public var items: [Item] = []
    /// How many are to be passed over by whoever wants the next part; nil when there is none.
    public var more: Int?

    /// Counts what comes along: those before `offset` are passed over, those behind `limit` left for another part.
    struct Counter {
        let offset: Int
        let limit: Int
        private(set) var page = MemoryPage()
        private var count = 0

        init(offset: Int, limit: Int) { (self.offset, self.limit) = (offset, limit) }

        /// - Returns: whether more is wanted.
        mutating func take(_ item: Item, isFull: Bool = false) -> Bool {
            count += 1
            if count <= offset { return true }
            guard page.items.count < limit, !isFull else {
                page.more = count - 1
                return false
            }
            page.items.append(item)
            return true
        }
    }
}

/// Memories of a namespace and of all below it, the last changed first.
public struct SearchMemories: Query {
    /// Where to look, among those of the caller's own user; the root is everywhere.
    public let namespace: MemoryNamespace
    /// What is asked of their values.
    public let filter: MemoryFilter
    /// How many of those that match are passed over.
    public var offset = 0
    /// How many are wanted.
    public var limit = 10
    /// About how many bytes of values one reply has at most.
    public var maxBytes = 8 << 20

    /// A call of `memory.search`.
    public init(namespace: MemoryNamespace, filter: MemoryFilter) {
        self.namespace = namespace
        self.filter = filter
    }

    /// Looks at one after the other until there are enough, in one snapshot.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> MemoryPage<MemoryRecord> {
        var counter = MemoryPage<MemoryRecord>.Counter(offset: offset, limit: limit)
        var bytes = 0
        try store.memories(user: call.memoryUser, below: namespace, now: call.now) { memory in
            guard filter.matches(RawJSON(validated: memory.value)) else { return true }
            let known = counter.page.items.count
            let goesOn = counter.take(memory, isFull: bytes >= maxBytes && known > 0)
            if counter.page.items.count > known { bytes += memory.value.count }
            return goesOn
        }
        return counter.page
    }
}

/// Namespaces that have memories, by their labels.
public struct ListMemoryNamespaces: Query {
    /// Which are meant.
    public let pattern: MemoryPattern
    /// Namespaces with more labels are cut to so many, and each is named once; nil leaves them whole.
    public var maxDepth: Int?
    /// How many are passed over.
    public var offset = 0
    /// How many are wanted.
    public var limit = 100

    /// A call of `memory.namespaces`.
    public init(pattern: MemoryPattern) { self.pattern = pattern }

    /// Answers with those of the caller's own user; what is cut alike stands together.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> MemoryPage<MemoryNamespace> {
        var counter = MemoryPage<MemoryNamespace>.Counter(offset: offset, limit: limit)
        var last: MemoryNamespace?
        guard let beginning = MemoryNamespace(pattern.beginning) else { return counter.page }
        try store.memoryNamespaces(user: call.memoryUser, below: beginning, now: call.now) { found in
            guard pattern.matches(found) else { return true }
            let cut = maxDepth.flatMap { MemoryNamespace(Array(found.labels.prefix($0))) } ?? found
            if cut == last { return true }
            last = cut
            return counter.take(cut)
        }
        return counter.page
    }
}
