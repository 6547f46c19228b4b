import SidestepModel

/// Looks at the daemon's own journal, the table `act`: `system.acts`.
public protocol ActReading: AnyObject {
    /// Lines of the daemon's own journal behind `sequence`, oldest first; a user's are those about what is his and
    /// those that he did.
    func acts(user: UserID?, after sequence: Int64, limit: Int) throws(Failure) -> Page<ActRecord>
}

/// Writes the daemon's own journal; each line stands or falls with the act it tells of.
public protocol ActWriting: ActReading {
    /// Adds a line under the next sequence.
    func appendAct(_ act: ActRecord) throws(Failure)
    /// Removes lines that are older than this, or more than `lines` behind the newest; at most `limit` of them.
    func forgetActs(before moment: Instant, keeping lines: Int64, limit: Int) throws(Failure)
}
