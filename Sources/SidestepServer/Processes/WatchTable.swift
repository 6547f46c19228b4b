import SidestepEngine
import SidestepModel

/// The processes that are watched, by their numbers in epoll(7).
struct WatchTable {
    struct Entry {
        let process: ProcessIdentity
        /// nil while it has to be looked at.
        var descriptor: Int32?
        let onExit: @Sendable () -> Void
    }

    /// The token of the bell, which is no process.
    static let bell: UInt64 = 0

    private var entries: [UInt64: Entry] = [:]
    private var tokens: [ProcessIdentity: UInt64] = [:]
    private var nextToken = bell + 1
    private var withoutDescriptor: Set<UInt64> = []
    /// Whether it was said that there are processes without a descriptor.
    private var isSaid = false

    func token(of process: ProcessIdentity) -> UInt64? { tokens[process] }

    func manner(of process: ProcessIdentity) -> Watched? {
        tokens[process].map { withoutDescriptor.contains($0) ? .byLooking : .byDescriptor }
    }

    var hasLooked: Bool { !withoutDescriptor.isEmpty }

    /// The processes that have to be looked at.
    var looked: [(token: UInt64, process: ProcessIdentity)] {
        withoutDescriptor.compactMap { token in entries[token].map { (token, $0.process) } }
    }

    mutating func insert(
        _ process: ProcessIdentity, _ descriptor: Int32?, _ onExit: @escaping @Sendable () -> Void
    ) -> UInt64 {
        defer { nextToken += 1 }
        entries[nextToken] = Entry(process: process, descriptor: descriptor, onExit: onExit)
        tokens[process] = nextToken
        if descriptor == nil { withoutDescriptor.insert(nextToken) }
        return nextToken
    }

    mutating func remove(_ token: UInt64) -> Entry? {
        guard let entry = entries.removeValue(forKey: token) else { return nil }
        tokens[entry.process] = nil
        withoutDescriptor.remove(token)
        return entry
    }

    /// Gives an entry its descriptor; false when it is there no more.
    mutating func equip(_ token: UInt64, _ descriptor: Int32) -> Bool {
        guard entries[token] != nil else { return false }
        entries[token]?.descriptor = descriptor
        withoutDescriptor.remove(token)
        return true
    }

    /// Takes its descriptor away again.
    mutating func strip(_ token: UInt64) {
        entries[token]?.descriptor = nil
        withoutDescriptor.insert(token)
    }

    /// Whether it is to be said that a process has no descriptor: once, until all have theirs again.
    mutating func beginsLooking() -> Bool {
        defer { isSaid = true }
        return !isSaid
    }

    /// Whether it is to be said that all have theirs again, now that another one has got it.
    mutating func endsLooking() -> Bool {
        guard isSaid, withoutDescriptor.isEmpty else { return false }
        isSaid = false
        return true
    }
}
