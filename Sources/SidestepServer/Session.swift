import SidestepEngine
import SidestepModel
import SidestepProtocol

/// What the server knows of one connection. Lives on the event loop.
final class Session {
    let id: Int64
    let peer: Peer
    private weak var connection: Connection?
    private let pulse: SessionPulse?
    /// Requests that have no reply yet.
    private(set) var inFlight = 0
    /// Commands among them: a query behind one of them waits for its commit,
    /// so that a client reads what it wrote.
    var commandsInFlight = 0
    /// Beginnings of steps that wait for their outcome.
    var held = HeldBegins()
    /// Whether a timer will write them; one serves all that come meanwhile.
    var hasHoldTimer = false
    /// Ids of runs that were granted on this connection.
    var grantedRuns: Set<String> = []

    init(id: Int64, peer: Peer, connection: Connection, pulse: SessionPulse?) {
        self.pulse = pulse
        self.id = id
        self.peer = peer
        self.connection = connection
    }

    /// Whether the connection is there.
    var isOpen = true
    /// Bytes on their way to a reader that has not taken them yet.
    var queuedBytes: Int { connection?.queuedBytes ?? 0 }

    func begin(at now: Instant) {
        inFlight += 1
        pulse?.began(at: now)
    }

    func end(at now: Instant) {
        precondition(inFlight > 0, "a request was answered twice")
        inFlight -= 1
        pulse?.ended(at: now)
    }

    func send(_ line: [UInt8]) { connection?.send(line) }

    /// A notification leaves no reply behind whose departure would close the connection.
    func closeWhenDone() { connection?.closeWhenDone() }
}
