import SidestepModel
import SidestepStore

/// Who calls, when, and what the call leaves to be done after its commit.
public struct CallContext: Sendable {
    public let environment: Environment
    public let peer: Peer
    public let session: Int64
    /// Ids of runs that were ever granted on this connection: tells a lost lease from none.
    public let grantedRuns: GrantedRuns
    public let now: Instant
    /// Whether the call waited as long as it wanted to.
    public let waitExpired: Bool
    /// Whether it was performed before, and waited.
    public let isRepeated: Bool
    /// When the call first arrived; waiting times count from here.
    public let arrived: Instant
    public private(set) var effects: [Effect] = []
    /// What it met, which holds also when what it wrote is taken back.
    private(set) var findings: [Effect] = []
    private let progress: (any Sendable)?
    /// What the call answers when a wait that it opens is over: it is not performed again then.
    public var onStep: (@Sendable (StepOutcome) -> [UInt8])?

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
    var visibleUser: UInt32? { peer.isAdministrator ? nil : peer.uid }
}

/// A use case that writes: synchronous code inside the writer's transaction.
public protocol Command: Sendable {
    associatedtype Result
    /// What it does to the space on the disk when the daemon performs it by itself.
    var space: SpaceUse { get }
    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Result
}

extension Command {
    public var space: SpaceUse { .records }
}

/// A use case that only reads one snapshot.
public protocol Query: Sendable {
    associatedtype Result
    func answer(_ store: any StoreReader, _ call: CallContext) throws -> Result
}
