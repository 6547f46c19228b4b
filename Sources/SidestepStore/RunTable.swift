import SidestepModel

/// The payloads of a run, kept apart from its record so that a change of status never rewrites them.
public struct RunPayloads: Sendable, Equatable {
    public var input: Payload?
    public var output: Payload?
    public var error: Payload?

    public init(input: Payload? = nil, output: Payload? = nil, error: Payload? = nil) {
        self.input = input
        self.output = output
        self.error = error
    }
}

/// Which runs a list shows; nil does not restrict.
public struct RunFilter: Sendable {
    /// The uid whose runs these are; nil for an administrator, who sees all.
    public var user: UInt32?
    public var workflow: String?
    public var status: RunStatus?
    /// Only runs that are not closed.
    public var isOpen = false
    /// All of these.
    public var tags: [(name: String, value: String)] = []
    public var createdAfter: Instant?
    public var createdBefore: Instant?
    /// Only children of this run.
    public var parent: Int64?
    /// Part of the id or of the workflow, as it is written.
    public var text: String?
    /// Only runs older than this key.
    public var before: Int64?
    public var limit = 100

    public init(user: UInt32?) { self.user = user }
}

public protocol RunReading: AnyObject {
    func run(key: Int64) throws(Failure) -> RunRecord?
    /// What a run is in, and its epoch: a quarter of the work of reading it whole.
    func runState(key: Int64) throws(Failure) -> (status: RunStatus, epoch: Int64)?
    /// The newest generation of `id`, or the one asked for; `user` nil looks through all users.
    func run(user: UInt32?, id: String, generation: Int64?) throws(Failure) -> RunRecord?
    func runPayloads(key: Int64) throws(Failure) -> RunPayloads
    func runTags(key: Int64) throws(Failure) -> [(name: String, value: String)]
    /// Newest first.
    func runs(_ filter: RunFilter) throws(Failure) -> Page<RunRecord>
    /// Of one user, or with nil of all.
    func runCounts(user: UInt32?) throws(Failure) -> [(status: RunStatus, count: Int64)]
    /// The same of open runs alone, which costs as much as there are.
    func openRunCounts() throws(Failure) -> [(status: RunStatus, count: Int64)]
    /// Runs whose lease was granted on this connection.
    func runs(heldBySession session: Int64, limit: Int) throws(Failure) -> [RunRecord]
    /// All runs that have an owner.
    func ownedRuns() throws(Failure) -> [RunRecord]
    /// Owned runs whose lease has run out, oldest first.
    func runs(expiredAt now: Instant) throws(Failure) -> [RunRecord]
    /// When the next lease runs out.
    func nextLeaseExpiry() throws(Failure) -> Instant?
    /// The runs that named this one as their parent, oldest first.
    func openChildren(of run: Int64, after key: Int64, limit: Int) throws(Failure) -> [RunRecord]
}

public protocol RunWriting: RunReading {
    /// Adds a generation; returns its key.
    func insertRun(_ run: RunRecord, input: Payload?) throws(Failure) -> Int64
    /// Writes the mutable columns where the stored epoch is still `epoch`; throws `lease_lost` otherwise.
    func updateRun(_ run: RunRecord, expecting epoch: Int64) throws(Failure)
    /// Names the workflow where the stored epoch is still `epoch`; throws `lease_lost` otherwise.
    func setRunWorkflow(key: Int64, workflow: String, epoch: Int64) throws(Failure)
    func setRunInput(key: Int64, input: Payload) throws(Failure)
    func setRunOutput(key: Int64, output: Payload?, error: Payload?) throws(Failure)
    func setRunTag(key: Int64, name: String, value: String?) throws(Failure)
}
