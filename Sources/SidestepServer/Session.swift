import SidestepEngine
import SidestepModel
import SidestepProtocol

/// What the server knows of one connection. Lives on the event loop.
final class Session {
    let id: Int64
    let peer: Peer
    let share: UserShare
    private let shares: Shares
    /// Each has the other until the connection closes.
    private var connection: Connection?
    private let pulse: SessionPulse?
    /// Requests that have no reply yet.
    private(set) var inFlight = 0
    /// Commands among them: a query behind one of them waits for its commit,
    /// so that a client reads what it wrote.
    var commandsInFlight = 0
    /// Beginnings of steps that wait for their outcome.
    var held = HeldBegins()
    /// Whether the clock will have them written; once serves all that come meanwhile.
    var isOnHeldClock = false
    /// Ids of runs that were granted on this connection.
    let grantedRuns = GrantedRuns()

    init(
        id: Int64, peer: Peer, share: UserShare, shares: Shares, connection: Connection, pulse: SessionPulse?
    ) {
        self.pulse = pulse
        self.id = id
        self.peer = peer
        self.share = share
        self.shares = shares
        self.connection = connection
    }

    /// Whether the connection is there.
    var isOpen: Bool { connection != nil }
    /// It is gone.
    func close() { connection = nil }
    /// Bytes on their way to a reader that has not taken them yet.
    var queuedBytes: Int { connection?.queuedBytes ?? 0 }

    func begin(at now: Instant) {
        inFlight += 1
        shares.began(share)
        pulse?.began(at: now)
    }

    func end(at now: Instant) {
        precondition(inFlight > 0, "a request was answered twice")
        inFlight -= 1
        shares.ended(share)
        pulse?.ended(at: now)
    }

    /// Holds bytes for it, or with a negative number lets them go.
    func hold(_ bytes: Int) { shares.hold(bytes, share) }

    func send(_ line: [UInt8]) { connection?.send(line) }

    /// Sends one line that stands in several pieces.
    func send(pieces: [ArraySlice<UInt8>]) { connection?.send(pieces: pieces) }

    /// A notification leaves no reply behind whose departure would close the connection.
    func closeWhenDone() { connection?.closeWhenDone() }
}
