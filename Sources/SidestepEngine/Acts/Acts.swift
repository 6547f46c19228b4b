import SidestepModel
import SidestepProtocol
import SidestepStore

extension StoreTransaction {
    /// Notes who changed something that no run's journal tells of, in the daemon's own journal and in the log.
    ///
    /// - Parameter user: whose it was; nil when it was the caller's own.
    func note(
        act method: String, _ subject: String?, of user: UserID? = nil, _ call: inout CallContext,
        detail: Payload? = nil
    ) throws {
        try appendAct(
            ActRecord(
                at: call.now, method: method, subject: subject, userID: user ?? call.peer.uid,
                byUser: call.peer.uid, byProcess: call.peer.process.pid, detail: detail))
        call.tell(act: method, subject, of: user)
    }
}

extension CallContext {
    /// Tells the operator of an act that stands in the journal of its run.
    mutating func tell(act method: String, _ subject: String?, of user: UserID? = nil) {
        tell(
            Notice(.act).with(.method, method).with(.subject, subject).with(.user, user ?? peer.uid).with(
                peer)
        )
    }
}

extension JSONWriter {
    /// Who did it, as a journal's detail says it: the user and the process.
    mutating func by(_ peer: Peer) {
        object("by") { writer in
            writer.member("uid", Int64(peer.uid))
            writer.member("pid", Int64(peer.process.pid))
        }
    }
}

/// Lines of the daemon's own journal.
public struct ListActs: Query {
    /// The sequence of the last line of the page before; 0 begins at the oldest that is kept.
    public let after: Int64
    /// Lines of one page at most.
    public let limit: Int

    /// A call of `system.acts`.
    public init(after: Int64, limit: Int) {
        self.after = after
        self.limit = limit
    }

    /// Answers with a page, oldest first: what the caller did, or others did to his; an administrator sees all.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Page<ActRecord> {
        try store.acts(user: call.visibleUser, after: after, limit: limit)
    }
}
