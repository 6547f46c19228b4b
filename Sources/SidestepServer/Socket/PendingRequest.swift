import SidestepEngine
import SidestepModel
import SidestepProtocol

/// A request that was begun, until it has its one outcome.
final class PendingRequest {
    private let server: SocketServer
    let session: Session
    let head: PreparedFrame.Head
    private let place: ReplyPlace

    init(_ server: SocketServer, _ session: Session, _ head: PreparedFrame.Head, _ place: ReplyPlace) {
        (self.server, self.session, self.head, self.place) = (server, session, head, place)
        session.begin(at: server.environment.clock.now())
    }

    func settle(_ outcome: Result<[UInt8], RPCError>) {
        var kind: String?
        if case .failure(let error) = outcome {
            kind = error.kind ?? RequestMeter.malformed
            server.turns.spend(Turns.unitsOfError, session.share)
            server.tell(error, head.method, session.peer)
        }
        server.environment.meters.requests.count(head.method, error: kind)
        session.end(at: server.environment.clock.now())
        place.settle(head.id, outcome)
        session.closeWhenDone()
    }

    /// The same for one that the writer has performed.
    func settlePerformed(_ result: Result<[UInt8], Failure>) {
        session.commandsInFlight -= 1
        switch result {
        case .success(let json): settle(.success(json))
        case .failure(let failure): settle(.failure(RPCError(failure)))
        }
    }
}
