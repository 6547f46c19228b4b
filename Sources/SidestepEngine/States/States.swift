import SidestepModel
import SidestepStore

/// Sets or deletes one value of a run's state.
public struct SetState: Command {
    /// Proof of the lease; not enough once the run is asked to end.
    public let proof: LeaseProof
    /// Unique in the run; a value of the same name is replaced.
    public let name: String
    /// JSON as it came; nil deletes the name.
    public let value: Payload?

    /// A call of `state.set`.
    public init(proof: LeaseProof, name: String, value: Payload?) {
        self.proof = proof
        self.name = name
        self.value = value
    }

    /// Writes the value under the run's epoch; nothing of it stands in the journal.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        let run = try store.heldRun(proof, &call)
        try store.setState(run: run.key, name: name, value: value, epoch: run.epoch)
        call.after(.changed(.state(run.key, name)))
    }
}

/// One value of a run's state; nil when there is none.
public struct GetState: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// The name that the owner gave the value with `state.set`.
    public let name: String

    /// A call of `state.get`.
    public init(run: String, name: String) {
        self.run = run
        self.name = name
    }

    /// Answers with the bytes as they were set; on the wire nil is `found: false`.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Payload? {
        try store.state(run: store.visibleRun(run, call).key, name: name)
    }
}

/// Waits until a run's state has a value that its reader does not know, or the run has ended.
public struct AwaitState: Command {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String
    /// The name that the owner gives the value with `state.set`.
    public let name: String
    /// What the reader knows already; nil where any value will do.
    public let known: Payload?
    /// How long to wait; 0 answers at once.
    public let waitMilliseconds: Int64

    /// A call of `state.wait`.
    public init(run: String, name: String, known: Payload?, waitMilliseconds: Int64) {
        self.run = run
        self.name = name
        self.known = known
        self.waitMilliseconds = waitMilliseconds
    }

    /// What there is when the wait is over.
    public struct Result: Sendable {
        /// The value; nil when there is none, or only the one that is known.
        public var value: Payload?
        /// Whether the run has ended.
        public var isClosed: Bool
    }

    /// Answers with the value as soon as there is one, without it when the run has ended or the time is over.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        let run = try store.visibleRun(run, call)
        let value = try store.state(run: run.key, name: name)
        let isClosed = run.status.isClosed
        if let value, !isSame(value, known) { return Result(value: value, isClosed: isClosed) }
        if isClosed || call.waitExpired || waitMilliseconds == 0 {
            return Result(value: nil, isClosed: isClosed)
        }
        throw Wait(
            [.state(run.key, name), .run(run.key)],
            until: call.arrived.advanced(byMilliseconds: waitMilliseconds))
    }
}

/// All values of a run's state.
public struct ListState: Query {
    /// The id of a run that the caller may see; its newest generation is meant.
    public let run: String

    /// A call of `state.list`.
    public init(run: String) { self.run = run }

    /// Answers with all of them at once: a run has few.
    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [(
        name: String, value: Payload
    )] {
        try store.states(run: store.visibleRun(run, call).key)
    }
}
