/// What somebody changed that no run's journal tells of: a line of the daemon's own journal.
public struct ActRecord: Sendable, Equatable {
    /// Its place in that journal, from 1; 0 before the store has given it one.
    public var sequence: Int64 = 0
    /// When it was done, by the daemon's clock.
    public var at: Instant
    /// The method of the protocol.
    public var method: String
    /// The name of what was changed: a run, a schedule, a webhook.
    public var subject: String?
    /// Whose it was.
    public var userID: UserID
    /// Who did it.
    public var byUser: UserID
    /// The process that called, by its number: `by.pid`.
    public var byProcess: Int32
    /// More about it, JSON.
    public var detail: Payload?

    /// A line that is still to be appended.
    public init(
        at: Instant, method: String, subject: String?, userID: UserID, byUser: UserID, byProcess: Int32,
        detail: Payload? = nil
    ) {
        self.at = at
        self.method = method
        self.subject = subject
        self.userID = userID
        self.byUser = byUser
        self.byProcess = byProcess
        self.detail = detail
    }

    /// How long lines are kept, milliseconds: a year, as the ids of removed runs.
    public static let keptMilliseconds: Int64 = 365 * 86_400_000
    /// And how many at most: the oldest go first.
    public static let keptLines: Int64 = 100_000
}
