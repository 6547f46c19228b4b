import SidestepModel

/// The payloads of a run, kept apart from its record so that a change of status never rewrites them.
public struct RunPayloads: Sendable, Equatable {
    /// What it was begun with; nil when nothing was given yet.
    public var input: Payload?
    /// What it completed with.
    public var output: Payload?
    /// What it failed or was cancelled with; of a run that is tried again, what the last attempt failed with.
    public var error: Payload?

    /// A run without payloads, but for those that are named.
    public init(input: Payload? = nil, output: Payload? = nil, error: Payload? = nil) {
        self.input = input
        self.output = output
        self.error = error
    }
}

/// Which runs a list shows; nil does not restrict.
public struct RunFilter: Sendable {
    /// The uid whose runs these are; nil for an administrator, who sees all.
    public var user: UserID?
    /// Only runs of this workflow, by its whole name.
    public var workflow: String?
    /// Only runs that stand so; a closed status together with `isOpen` finds none.
    public var status: RunStatus?
    /// Only runs that are not closed.
    public var isOpen = false
    /// All of these.
    public var tags: [(name: String, value: String)] = []
    /// Only runs made after this moment, not at it.
    public var createdAfter: Instant?
    /// Only runs made before this moment, not at it.
    public var createdBefore: Instant?
    /// Only children of this run.
    public var parent: Int64?
    /// Part of the id or of the workflow, as it is written.
    public var text: String?
    /// Only runs older than this key.
    public var before: Int64?
    /// How many a page has at most.
    public var limit = 100

    /// All runs of that user, or of everybody.
    public init(user: UserID?) { self.user = user }

    /// Asks besides for runs of an age, in milliseconds at `now`; what was asked for before still holds.
    public mutating func narrow(newerThan: Int64?, olderThan: Int64?, at now: Instant) {
        if let newerThan {
            // A run that is exactly so old is one of them, and `createdAfter` leaves its moment out.
            let earliest = now.advanced(byMilliseconds: -newerThan - 1)
            createdAfter = createdAfter.map { max($0, earliest) } ?? earliest
        }
        if let olderThan {
            let latest = now.advanced(byMilliseconds: -olderThan)
            createdBefore = createdBefore.map { min($0, latest) } ?? latest
        }
    }
}

/// Looks at runs: the tables `run`, `run_payload` and `run_tag`.
public protocol RunReading: AnyObject {
    /// A run by the store's own number, also a removed one that still has its row.
    func run(key: Int64) throws(Failure) -> RunRecord?
    /// What a run is in, and its epoch: a quarter of the work of reading it whole.
    func runState(key: Int64) throws(Failure) -> (status: RunStatus, epoch: Int64)?
    /// The newest generation of `id`, or the one asked for; `user` nil looks through all users.
    func run(user: UserID?, id: String, generation: Int64?) throws(Failure) -> RunRecord?
    /// The payloads of a run; none where it has none.
    func runPayloads(key: Int64) throws(Failure) -> RunPayloads
    /// Its tags in the order of their names.
    func runTags(key: Int64) throws(Failure) -> [(name: String, value: String)]
    /// Newest first.
    func runs(_ filter: RunFilter) throws(Failure) -> Page<RunRecord>
    /// How many runs a user has, closed ones included, as of this transaction; looks at one row.
    func runCount(user: UserID) throws(Failure) -> Int64
    /// Of one user, or with nil of all.
    func runCounts(user: UserID?) throws(Failure) -> [(status: RunStatus, count: Int64)]
    /// The same of open runs alone, which costs as much as there are.
    func openRunCounts() throws(Failure) -> [(status: RunStatus, count: Int64)]
    /// Runs whose lease was granted on this connection.
    func runs(heldBySession session: Int64, limit: Int) throws(Failure) -> [RunRecord]
    /// All runs that have an owner whom this daemon sees (`ProcessIdentity.place`).
    func ownedRuns(place: Int64) throws(Failure) -> [RunRecord]
    /// Owned runs whose lease has run out, oldest first, a hundred at most.
    func runs(expiredAt now: Instant) throws(Failure) -> [RunRecord]
    /// When the next lease runs out.
    func nextLeaseExpiry() throws(Failure) -> Instant?
    /// The open runs that named this one as their parent, oldest first, behind this key.
    func openChildren(of run: Int64, after key: Int64, limit: Int) throws(Failure) -> [RunRecord]
}

/// Adds runs and changes them; where the epoch is named, for its owner.
public protocol RunWriting: RunReading {
    /// Adds a generation; returns its key.
    func insertRun(_ run: RunRecord, input: Payload?) throws(Failure) -> Int64
    /// Writes the mutable columns where the stored epoch is still `epoch`; throws `lease_lost` otherwise.
    func updateRun(_ run: RunRecord, expecting epoch: Int64) throws(Failure)
    /// Names the workflow where the stored epoch is still `epoch`; throws `lease_lost` otherwise.
    func setRunWorkflow(key: Int64, workflow: String, epoch: Int64) throws(Failure)
    /// Writes the input of a run that was made without one.
    func setRunInput(key: Int64, input: Payload) throws(Failure)
    /// Writes both, so that nil takes away what an attempt before left.
    func setRunOutput(key: Int64, output: Payload?, error: Payload?) throws(Failure)
    /// Sets a tag, or with nil takes it away.
    func setRunTag(key: Int64, name: String, value: String?) throws(Failure)
}
