import SidestepModel

/// Looks at what is remembered beyond runs: the tables `memory_namespace` and `memory`. What has expired by `now` is
/// not there.
public protocol MemoryReading: AnyObject {
    /// The memory of this key; nil when there is none.
    func memory(
        user: UserID, _ namespace: MemoryNamespace, key: String, now: Instant
    ) throws(Failure) -> MemoryRecord?
    /// Visits the memories of a namespace and of all below it, the last changed first, until `visit` says no.
    func memories(
        user: UserID, below namespace: MemoryNamespace, now: Instant, _ visit: (MemoryRecord) -> Bool
    ) throws(Failure)
    /// Visits the namespaces that have memories, a namespace and all below it, by their labels, until `visit` says no.
    func memoryNamespaces(
        user: UserID, below namespace: MemoryNamespace, now: Instant, _ visit: (MemoryNamespace) -> Bool
    ) throws(Failure)
    /// How many memories there are of all users, those that expired and are not deleted yet included.
    func memoryCount() throws(Failure) -> Int64
}

/// Writes what is remembered.
public protocol MemoryWriting: MemoryReading {
    /// Puts a memory; one of the same key is replaced, and keeps when it was created.
    func putMemory(user: UserID, _ memory: MemoryRecord) throws(Failure)
    /// Lets a memory that expires be kept its whole span from now on.
    /// - Returns: whether there is such a memory.
    func refreshMemory(
        user: UserID, _ namespace: MemoryNamespace, key: String, now: Instant
    ) throws(Failure) -> Bool
    /// Forgets a memory.
    /// - Returns: whether there was one.
    func deleteMemory(
        user: UserID, _ namespace: MemoryNamespace, key: String, now: Instant
    ) throws(Failure) -> Bool
    /// Forgets memories of a namespace and of all below it that were last changed up to a moment: at most about
    /// `limit`, and no more than keeps nobody waiting.
    /// - Returns: how many, and whether none is left.
    func deleteMemories(
        user: UserID, below namespace: MemoryNamespace, changedUpTo moment: Instant, limit: Int
    ) throws(Failure) -> (count: Int, isDone: Bool)
    /// Forgets memories that expired, likewise.
    /// - Returns: whether none is left.
    func deleteExpiredMemories(now: Instant, limit: Int) throws(Failure) -> Bool
}
