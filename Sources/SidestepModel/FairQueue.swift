/// Whose a thing is: a uid, or -1 for what is the daemon's own.
public typealias UserKey = Int64

/// Things that wait, of several users: each user's in their order, the users in turn.
///
/// However much one user brings, the first thing of another is behind one thing of each user only.
public struct FairQueue<Item> {
    private var lines: [UserKey: Line<Item>] = [:]
    /// Users with something waiting, the next one first.
    private var turns = Line<UserKey>()
    public private(set) var count = 0

    public init() {}

    public var isEmpty: Bool { count == 0 }
    /// How many users have something waiting.
    public var users: Int { lines.count }

    /// How many things of a user wait.
    public func count(of user: UserKey) -> Int { lines[user]?.count ?? 0 }

    public mutating func append(_ item: Item, of user: UserKey) {
        count += 1
        if lines[user] == nil { turns.append(user) }
        lines[user, default: Line()].append(item)
    }

    /// Takes the first thing of the user whose turn it is; the next turn is another user's.
    ///
    /// - Parameter isAllowed: users that it answers false for are passed over, and keep their places.
    public mutating func popFirst(where isAllowed: (UserKey) -> Bool = { _ in true }) -> Item? {
        var passed: [UserKey] = []
        defer { for user in passed.reversed() { turns.prepend(user) } }
        while let user = turns.popFirst() {
            guard isAllowed(user) else {
                passed.append(user)
                continue
            }
            return take(user)
        }
        return nil
    }

    private mutating func take(_ user: UserKey) -> Item? {
        // Taken out while it changes, or the line would be copied.
        guard var line = lines.removeValue(forKey: user), let item = line.popFirst() else { return nil }
        count -= 1
        if !line.isEmpty {
            lines[user] = line
            turns.append(user)
        }
        return item
    }

    /// Takes out everything, user by user.
    public mutating func removeAll() -> [Item] {
        defer { self = FairQueue() }
        return lines.values.flatMap(\.items)
    }
}

extension FairQueue: Sendable where Item: Sendable {}

/// Things in the order in which they came; taking the first one costs the same however many there are.
public struct Line<Item> {
    private var slots: [Item?] = []
    private var head = 0

    public init() {}

    public var count: Int { slots.count - head }
    public var isEmpty: Bool { count == 0 }
    public var items: [Item] { slots[head...].compactMap(\.self) }
    public var first: Item? { isEmpty ? nil : slots[head] }

    public mutating func append(_ item: Item) { slots.append(item) }

    /// Puts something before all others.
    public mutating func prepend(_ item: Item) {
        if head == 0 {
            slots.insert(item, at: 0)
        } else {
            head -= 1
            slots[head] = item
        }
    }

    public mutating func popFirst() -> Item? {
        guard head < slots.count else { return nil }
        let item = slots[head].take()
        head += 1
        // The empty slots are given back when they are the larger half.
        if head == slots.count {
            slots.removeAll(keepingCapacity: slots.count <= 64)
            head = 0
        } else if head > 64, head * 2 > slots.count {
            slots.removeFirst(head)
            head = 0
        }
        return item
    }
}

extension Line: Sendable where Item: Sendable {}
