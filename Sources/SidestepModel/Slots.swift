/// Things that are under way at once, with the bytes they may need: bounded for all, and for each user so that he never
/// has all of them.
public struct Slots: Sendable {
    /// A number of things and their bytes: how much may be under way, or how much is.
    public struct Bounds: Sendable, Equatable {
        /// How many things.
        public var count: Int
        /// The bytes that they may need, all together.
        public var bytes: Int64

        /// Without `bytes` the number alone counts.
        public init(count: Int, bytes: Int64 = .max) { (self.count, self.bytes) = (count, bytes) }

        fileprivate func admit(_ one: Int64, beside used: Bounds) -> Bool {
            used.count < count && (used.count == 0 || used.bytes + one <= bytes)
        }
    }

    private let ofUser: Bounds
    private let ofAll: Bounds
    private var all = Bounds(count: 0, bytes: 0)
    private var byUser: [UserKey: Bounds] = [:]

    /// Nothing is under way yet. The bounds of a user are below those of all, or he could have everything.
    public init(ofUser: Bounds, ofAll: Bounds) { (self.ofUser, self.ofAll) = (ofUser, ofAll) }

    /// How many things are under way, of all users.
    public var used: Int { all.count }

    /// Whether a user may begin one more. Who has nothing under way may whatever the others need: a large one is never
    /// kept waiting for ever.
    public func admits(_ user: UserKey, bytes: Int64 = 0) -> Bool {
        guard let own = byUser[user] else { return all.count < ofAll.count }
        return ofUser.admit(bytes, beside: own) && ofAll.admit(bytes, beside: all)
    }

    /// Counts one more of a user, without asking whether it is admitted.
    public mutating func take(_ user: UserKey, bytes: Int64 = 0) {
        byUser[user, default: Bounds(count: 0, bytes: 0)].count += 1
        byUser[user]!.bytes += bytes
        all = Bounds(count: all.count + 1, bytes: all.bytes + bytes)
    }

    /// Counts one less; `bytes` are those that it was taken with. What nobody has taken traps.
    public mutating func giveBack(_ user: UserKey, bytes: Int64 = 0) {
        guard var own = byUser[user] else { preconditionFailure("a slot was given back that nobody has") }
        own = Bounds(count: own.count - 1, bytes: own.bytes - bytes)
        byUser[user] = own.count == 0 ? nil : own
        all = Bounds(count: all.count - 1, bytes: all.bytes - bytes)
    }
}
