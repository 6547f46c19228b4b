/// Whose a thing is: a uid, or -1 for what is the daemon's own.
public typealias UserKey = Int64

/// Things that wait, of several users: each user's in their order, the users in turn.
///
/// However much one user brings, the first thing of another is behind one thing of each user only. Users are few, so
/// they are looked for one by one. Inlinable, as it stands in the way of every call.
public struct FairQueue<Item> {
    @usableFromInline struct Of {
        @usableFromInline let user: UserKey
        @usableFromInline var line: Line<Item>

        @inlinable init(user: UserKey, line: Line<Item>) { (self.user, self.line) = (user, line) }
    }

    /// Users with something waiting.
    @usableFromInline var lines: [Of] = []
    /// Whose turn it is.
    @usableFromInline var turn = 0
    @usableFromInline var total = 0

    /// Nobody waits; a user is known from his first thing on, and until his last is taken.
    @inlinable public init() {}

    /// How many things wait, of all users together.
    @inlinable public var count: Int { total }
    /// Whether nobody has anything waiting.
    @inlinable public var isEmpty: Bool { total == 0 }
    /// How many users have something waiting.
    @inlinable public var users: Int { lines.count }

    /// How many things of a user wait.
    @inlinable public func count(of user: UserKey) -> Int {
        lines.first { $0.user == user }?.line.count ?? 0
    }

    /// Adds something behind all others of its user; a user who had nothing gets his turn last.
    @inlinable public mutating func append(_ item: Item, of user: UserKey) {
        for index in lines.indices where lines[index].user == user {
            total += 1
            return lines[index].line.append(item)
        }
        begin(item, of: user)
    }

    /// Puts something back that was taken, before all others of its user.
    @inlinable public mutating func prepend(_ item: Item, of user: UserKey) {
        for index in lines.indices where lines[index].user == user {
            total += 1
            return lines[index].line.prepend(item)
        }
        begin(item, of: user)
    }

    /// Adds the first thing of a user, behind everybody who has been waiting.
    @inlinable mutating func begin(_ item: Item, of user: UserKey) {
        var line = Line<Item>()
        line.append(item)
        lines.insert(Of(user: user, line: line), at: turn)
        turn += 1
        total += 1
    }

    /// Takes the first thing of the user whose turn it is; the next turn is another user's.
    ///
    /// - Parameter isAllowed: users that it answers false for are passed over.
    @inlinable public mutating func popFirst(where isAllowed: (UserKey) -> Bool = { _ in true }) -> Item? {
        for step in lines.indices {
            let index = (turn + step) % lines.count
            guard isAllowed(lines[index].user) else { continue }
            turn = index
            return takeFirst()
        }
        return nil
    }

    /// The same, for users whose first thing may be taken.
    @inlinable public mutating func popFirst(whereFirst isAllowed: (UserKey, Item) -> Bool) -> Item? {
        for step in lines.indices {
            let index = (turn + step) % lines.count
            guard let first = lines[index].line.first, isAllowed(lines[index].user, first) else { continue }
            turn = index
            return takeFirst()
        }
        return nil
    }

    @inlinable mutating func takeFirst() -> Item? {
        if turn >= lines.count { turn = 0 }
        let item = lines[turn].line.popFirst()
        total -= 1
        if lines[turn].line.isEmpty {
            lines.remove(at: turn)
        } else {
            turn += 1
        }
        if turn >= lines.count { turn = 0 }
        return item
    }

    /// Takes out everything, user by user.
    @inlinable public mutating func removeAll() -> [Item] {
        defer { self = FairQueue() }
        return lines.flatMap(\.line.items)
    }
}

extension FairQueue: Sendable where Item: Sendable {}
extension FairQueue.Of: Sendable where Item: Sendable {}

/// Things in the order in which they came; taking the first one costs the same however many there are.
public struct Line<Item> {
    @usableFromInline var slots: [Item?] = []
    @usableFromInline var head = 0

    /// Nothing stands in it, and it takes no memory yet.
    @inlinable public init() {}

    /// How many things stand in it; slots before the first one are not counted.
    @inlinable public var count: Int { slots.count - head }
    /// Whether all that came was taken.
    @inlinable public var isEmpty: Bool { slots.count == head }
    /// A copy of all that stand in it, the first one first.
    @inlinable public var items: [Item] { slots[head...].compactMap(\.self) }

    /// What `popFirst` would take; nil when it is empty.
    @inlinable public var first: Item? { isEmpty ? nil : slots[head] }

    /// Puts something behind all others.
    @inlinable public mutating func append(_ item: Item) { slots.append(item) }

    /// Puts something before all others.
    @inlinable public mutating func prepend(_ item: Item) {
        if head == 0 {
            slots.insert(item, at: 0)
        } else {
            head -= 1
            slots[head] = item
        }
    }

    /// Takes the first one, nil when it is empty; gives memory back when most of it holds nothing.
    @inlinable public mutating func popFirst() -> Item? {
        guard head < slots.count else { return nil }
        // The last one of few leaves the array as it came: empty, with its room.
        if slots.count == 1 { return slots.removeLast() }
        let item = slots[head].take()
        head += 1
        if head == slots.count {
            slots.removeAll(keepingCapacity: slots.count <= 64)
            head = 0
        } else if head > 64, head * 2 > slots.count {
            // The empty slots are given back when they are the larger half.
            slots.removeFirst(head)
            head = 0
        }
        return item
    }
}

extension Line: Sendable where Item: Sendable {}
