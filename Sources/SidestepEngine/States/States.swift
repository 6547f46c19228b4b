import SidestepModel
import SidestepStore

/// Sets or deletes one value of a run's state.
public struct SetState: Command {
    public let proof: LeaseProof
    public let name: String
    public let value: Payload?

    public init(proof: LeaseProof, name: String, value: Payload?) {
        self.proof = proof
        self.name = name
        self.value = value
    }

    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        let run = try store.heldRun(proof, &call)
        try store.setState(run: run.key, name: name, value: value, epoch: run.epoch)
    }
}

/// One value of a run's state; nil when there is none.
public struct GetState: Query {
    public let run: String
    public let name: String

    public init(run: String, name: String) {
        self.run = run
        self.name = name
    }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> Payload? {
        try store.state(run: store.visibleRun(run, call).key, name: name)
    }
}

/// All values of a run's state.
public struct ListState: Query {
    public let run: String

    public init(run: String) { self.run = run }

    public func answer(_ store: any StoreReader, _ call: CallContext) throws -> [(
        name: String, value: Payload
    )] {
        try store.states(run: store.visibleRun(run, call).key)
    }
}
