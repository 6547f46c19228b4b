import SidestepModel
import SidestepProtocol
import SidestepStore

/// Puts a memory; one of the same key is replaced.
public struct PutMemory: Command {
    /// Where it is to be, among those of the caller's own user.
    public let namespace: MemoryNamespace
    /// Its key there.
    public let key: String
    /// JSON as it came.
    public let value: Payload
    /// How long it is kept; nil is for ever, also where the one before had a span.
    public let ttlMilliseconds: Int64?

    /// A call of `memory.put`.
    public init(namespace: MemoryNamespace, key: String, value: Payload, ttlMilliseconds: Int64?) {
        self.namespace = namespace
        self.key = key
        self.value = value
        self.ttlMilliseconds = ttlMilliseconds
    }

    /// Writes it; sent again it leaves the same, changed later.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        try store.putMemory(
            user: call.memoryUser,
            MemoryRecord(
                namespace: namespace, itemKey: key, value: value, at: call.now,
                ttlMilliseconds: ttlMilliseconds))
    }
}

/// One memory; nil when there is none, or it has expired.
public struct GetMemory: Query {
    /// Where it is.
    public let namespace: MemoryNamespace
    /// Its key there.
    public let key: String

    /// A call of `memory.get`.
    public init(namespace: MemoryNamespace, key: String) {
        self.namespace = namespace
        self.key = key
    }

    /// Answers with the bytes as they were put; on the wire nil is `found: false`.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> MemoryRecord? {
        try store.memory(user: call.memoryUser, namespace, key: key, now: call.now)
    }
}

/// Lets a memory that expires be kept its whole span from now on; answers whether there is one.
public struct RefreshMemory: Command {
    /// Where it is.
    public let namespace: MemoryNamespace
    /// Its key there.
    public let key: String

    /// A call of `memory.refresh`.
    public init(namespace: MemoryNamespace, key: String) {
        self.namespace = namespace
        self.key = key
    }

    /// Moves when it expires; one that is kept for ever stays as it is.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        try store.refreshMemory(user: call.memoryUser, namespace, key: key, now: call.now)
    }
}

/// Forgets a memory; answers whether there was one.
public struct DeleteMemory: Command {
    /// Where it is.
    public let namespace: MemoryNamespace
    /// Its key there.
    public let key: String

    /// A call of `memory.delete`.
    public init(namespace: MemoryNamespace, key: String) {
        self.namespace = namespace
        self.key = key
    }

    /// Deletes its row; the namespace goes with its last memory.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Bool {
        try store.deleteMemory(user: call.memoryUser, namespace, key: key, now: call.now)
    }
}

/// Forgets a namespace with all below it; answers with how many memories. Done part by part.
public struct ClearMemories: Command {
    /// What is forgotten; the root is everything that the caller's user remembers.
    public let namespace: MemoryNamespace

    /// A call of `memory.clear`.
    public init(namespace: MemoryNamespace) { self.namespace = namespace }

    /// Deletes what was there when the call came; what is put meanwhile stays.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Int {
        let before = call.progress() ?? 0
        let part = try store.deleteMemories(
            user: call.memoryUser, below: namespace, changedUpTo: call.arrived,
            limit: call.environment.settings.part.rows)
        let deleted = before + part.count
        guard part.isDone else { throw KeepingWrites.waits(.turn(deleted)) }
        guard deleted > 0 else { return 0 }
        try store.note(
            act: "memory.clear", namespace.labels.joined(separator: "/"), &call,
            detail: detail { $0.member("memories", deleted) })
        return deleted
    }
}

extension CallContext {
    /// Memories belong to the user who puts them, and are seen by no one else.
    var memoryUser: UserID { peer.uid }
}
