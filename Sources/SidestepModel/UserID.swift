/// A user of the system, by the number that the kernel gives: `uid_t`, credentials(7).
///
/// A type of its own, so that no key of a row, no group and no pid passes for one.
public struct UserID: Sendable, Hashable {
    /// The number itself.
    public let number: UInt32

    /// The user who has this number; nothing here looks whether there is one.
    @inlinable public init(_ number: UInt32) { self.number = number }

    /// The same of a number that was looked at when it came in: no more than 32 bits of it count.
    @inlinable public init(truncating number: Int64) {
        self.number = UInt32(truncatingIfNeeded: number)
    }

    /// Who may do everything.
    public static let root = UserID(0)
}

extension UserID: Comparable {
    /// The order in which lists name users: by number.
    public static func < (left: UserID, right: UserID) -> Bool { left.number < right.number }
}

extension UserID: ExpressibleByIntegerLiteral {
    /// A number that is written down in code.
    @inlinable public init(integerLiteral number: UInt32) { self.init(number) }
}

extension UserID: CustomStringConvertible {
    /// The number, as people read it.
    public var description: String { "\(number)" }
}

extension Int64 {
    /// The number of a user as it is stored and sent.
    @inlinable public init(_ user: UserID) { self.init(user.number) }
}
