import SidestepModel

/// What one user has of the daemon now. Lives on the event loop.
final class UserShare {
    let uid: UserID
    fileprivate(set) var connections = 0
    fileprivate(set) var requests = 0
    /// Bytes of lines that are coming or being worked on, and of replies that are not read.
    fileprivate(set) var bytes = 0
    fileprivate(set) var watches = 0
    /// How much of the loop's time it has used in this turn (Turns.swift).
    var spent = 0

    fileprivate init(uid: UserID) { self.uid = uid }

    fileprivate var isIdle: Bool { connections == 0 && requests == 0 && bytes == 0 }
}

/// Who has how much of the daemon: one share a user. Lives on the event loop.
final class Shares {
    /// A reload replaces them; what somebody has beyond them stays until it goes.
    var limits: Limits
    private var byUser: [UserID: UserShare] = [:]
    /// What all users have together.
    private(set) var connections = 0
    private(set) var bytes = 0
    /// Users with a connection.
    private(set) var users = 0 {
        didSet { if (users > 1) != (oldValue > 1) { onSeveral?(users > 1) } }
    }
    /// Told when there come to be several users, or only one is left.
    var onSeveral: ((Bool) -> Void)?

    init(_ limits: Limits) { self.limits = limits }

    func share(of uid: UserID) -> UserShare {
        if let known = byUser[uid] { return known }
        let new = UserShare(uid: uid)
        byUser[uid] = new
        return new
    }

    func rule(for peer: Peer) -> ShareRule { ShareRule(limits, isAdministrator: peer.isAdministrator) }

    // MARK: Coming and going

    func connected(_ share: UserShare) {
        connections += 1
        share.connections += 1
        if share.connections == 1 { users += 1 }
    }

    func disconnected(_ share: UserShare) {
        connections -= 1
        share.connections -= 1
        if share.connections == 0 { users -= 1 }
        forgetIfIdle(share)
    }

    func began(_ share: UserShare) { share.requests += 1 }

    func ended(_ share: UserShare) {
        precondition(share.requests > 0, "more requests ended than began")
        share.requests -= 1
        forgetIfIdle(share)
    }

    /// Holds more bytes for a user, or with a negative number fewer.
    func hold(_ change: Int, _ share: UserShare) {
        if change == 0 { return }
        share.bytes += change
        bytes += change
        assert(share.bytes >= 0, "more bytes were let go than held")
        if change < 0 { forgetIfIdle(share) }
    }

    func watched(_ change: Int, _ share: UserShare) { share.watches += change }

    private func forgetIfIdle(_ share: UserShare) {
        if share.isIdle { byUser[share.uid] = nil }
    }
}
