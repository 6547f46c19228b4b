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
