import SidestepModel
import SidestepStore

/// Lets nothing new start any more, or lets things start again; either way says what goes on.
public struct Drain: Command {
    /// Ids that an answer has at most.
    static let idsShown = 100

    /// Whether nothing new is to start.
    public let isOn: Bool

    /// A call of `system.drain`.
    public init(isOn: Bool) { self.isOn = isOn }

    /// What goes on.
    public struct Result: Sendable {
        /// Runs that have an owner, the newest hundred.
        public var runs: [String]
        /// Steps that the daemon executes.
        public var executing: Int
    }

    /// Counts from the commit on; told again it changes nothing.
    public func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result {
        if isOn != call.environment.isDraining.value {
            try store.note(act: "system.drain", isOn ? "on" : "off", &call)
            call.after(.draining(isOn))
        }
        var running = RunFilter(user: nil)
        running.status = .running
        running.limit = Self.idsShown
        return Result(
            runs: try store.runs(running).items.map(\.id), executing: call.environment.executing.count)
    }
}

extension CallContext {
    /// Refuses what would start something in a daemon that drains.
    func refuseStartWhileDraining() throws(Failure) {
        guard environment.isDraining.value else { return }
        throw Failure(
            .shuttingDown, "the daemon drains: nothing new starts, and it leaves when what runs has ended",
            hint: "Call again when it is back. An administrator ends it with `sidestep drain --undo`.")
    }
}

extension StoreReader {
    /// Whether a run has an owner, or a step is executed by this daemon.
    func hasWorkUnderWay(place: Int64) throws -> Bool {
        if try !ownedRuns(place: place).isEmpty { return true }
        return try !runningExecutions(place: place).isEmpty
    }
}
