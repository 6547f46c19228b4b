import SidestepModel
import SidestepStore

/// Who calls, when, and what the call leaves to be done after its commit.
public struct CallContext: Sendable {
    /// The daemon's clock, chance, settings and live tables, the same for all calls.
    public let environment: Environment
    /// The user and process at the other end of the socket, as the kernel names them (unix(7)), or the daemon itself.
    public let peer: Peer
    /// The number of the connection (`Environment.openSession`); 0 for the daemon's own work.
    public let session: Int64
    /// Ids of runs that were ever granted on this connection: tells a lost lease from none.
    public let grantedRuns: GrantedRuns
    /// The moment of this performance, which all that the call writes has: the store's (`ClockWriting`), and for a read
    /// the daemon's. After a wait it is a new one.
    public let now: Instant
    /// Whether the call waited as long as it wanted to.
    public let waitExpired: Bool
    /// Whether it was performed before, and waited.
    public let isRepeated: Bool
    /// When the call first arrived; waiting times count from here.
    public let arrived: Instant
    /// What follows from its writes, in order; nothing of it happens when they are taken back.
    public private(set) var effects: [Effect] = []
    /// What it met, which holds also when what it wrote is taken back.
    private(set) var findings: [Effect] = []
    private let progress: (any Sendable)?
    /// What the call answers when a wait that it opens is over: it is not performed again then.
    public var onStep: (@Sendable (StepOutcome) -> [UInt8])?

    /// A context for one performance or one read; `arrived` is `now` unless the call was performed before.
    public init(
        environment: Environment, peer: Peer, session: Int64, grantedRuns: GrantedRuns, now: Instant,
        waitExpired: Bool = false, isRepeated: Bool = false, arrived: Instant? = nil,
        progress: (any Sendable)? = nil
    ) {
        self.environment = environment
        self.peer = peer
        self.session = session
        self.grantedRuns = grantedRuns
        self.now = now
        self.waitExpired = waitExpired
        self.isRepeated = isRepeated
        self.arrived = arrived ?? now
        self.progress = progress
    }

    mutating func after(_ effect: Effect) { effects.append(effect) }

    /// The same for what is no consequence of the call's writes.
    mutating func found(_ effect: Effect) { findings.append(effect) }

    /// How far the parts are that stand already (`Wait.turn`); nil in the first one.
    func progress<Place>(_ type: Place.Type = Place.self) -> Place? { progress as? Place }

    /// Tells the operator, once what the call did stands.
    mutating func tell(_ notice: Notice) { effects.append(.tell(notice)) }

    /// Whether nobody called: time or an ending brought it about.
    var isOwnWork: Bool { session == 0 }

    /// Runs of other users are not there for anybody but administrators.
    var visibleUser: UserID? { peer.isAdministrator ? nil : peer.uid }

    /// The one user that was asked for, or all whom the caller sees; `not_permitted` for another one's.
    func seen(_ asked: UserID?) throws(Failure) -> UserID? {
        guard let asked else { return visibleUser }
        if asked != peer.uid { try requireAdministrator("see the runs of another user") }
        return asked
    }
}

/// A use case that writes: synchronous code inside the writer's transaction.
public protocol Command: Sendable {
    associatedtype Result
    /// What it does to the space on the disk when the daemon performs it by itself.
    var space: SpaceUse { get }
    /// Does all of it, or throws: `Failure` and `Wait` take back what it wrote, `KeepingWrites` lets it stand. After a
    /// wait it is performed again from its beginning.
    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result
}

extension Command {
    /// The space that a use case takes unless it says otherwise: it writes down what has happened.
    public var space: SpaceUse { .records }
}

/// A use case that only reads one snapshot.
public protocol Query: Sendable {
    associatedtype Result
    /// Reads what it needs from one snapshot, on a reader's thread; it throws `Failure` and never waits.
    func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result
}
