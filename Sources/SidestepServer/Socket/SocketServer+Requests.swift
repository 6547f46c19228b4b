import NIOCore
import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

/// From a line to the calls it holds, and from their outcomes to replies.
extension SocketServer {
    /// Receives the outcome of one request, on the loop, once.
    typealias Settle = (Result<[UInt8], RPCError>) -> Void

    func caller(_ session: Session) -> Caller {
        let isAdministrator = session.peer.isAdministrator
        return Caller(
            peer: session.peer,
            connections: isAdministrator ? shares.connections : session.share.connections)
    }

    /// Takes a short line.
    func receive(_ line: [UInt8], _ session: Session) {
        receive(dispatcher.prepare(line, caller(session), limits), bytes: line.count, session)
    }

    /// Takes a line that was read.
    ///
    /// - Parameter bytes: what it holds until all it asks for is settled.
    func receive(_ frame: PreparedFrame, bytes: Int, _ session: Session) {
        func exchange(_ count: Int, isBatch: Bool) -> Exchange {
            Exchange(
                session, count: count, isBatch: isBatch, lineBytes: bytes, limit: limits.outboundBytes)
        }
        switch frame {
        case .single(let item): receive(item, session, exchange(1, isBatch: false))
        case .batch(let items):
            turns.spend(items.count, session.share)
            let exchange = exchange(items.count, isBatch: true)
            for item in items { receive(item, session, exchange) }
        }
    }

    private func receive(_ item: PreparedFrame.Item, _ session: Session, _ exchange: Exchange) {
        switch item {
        case .response: exchange.settle(nil)
        case .invalid(let reply):
            turns.spend(Turns.unitsOfError, session.share)
            exchange.settle(reply)
        case .request(let request, let work):
            if let refusal = refusal(session) {
                turns.spend(Turns.unitsOfError, session.share)
                tell(refusal, request.method, session.peer)
                return exchange.settle(request.id, .failure(refusal))
            }
            session.begin(at: environment.clock.now())
            let settle: Settle = { outcome in
                if case .failure(let error) = outcome {
                    self.turns.spend(Turns.unitsOfError, session.share)
                    self.tell(error, request.method, session.peer)
                }
                session.end(at: self.environment.clock.now())
                exchange.settle(request.id, outcome)
                session.closeWhenDone()
            }
            switch work {
            case .failure(let error): settle(.failure(error))
            case .success(let work): carryOut(work, request.id, request.bytes, session, settle)
            }
        }
    }

    /// Tells the operator of calls that a limit or a lack of rights refused.
    ///
    /// - Parameter method: nil when there is no method of that name, or none was read.
    func tell(_ error: RPCError, _ method: String?, _ peer: Peer) {
        guard let kind = error.kind else { return }
        switch ErrorKind(rawValue: kind) {
        case .notPermitted: tell(Notice(.callDenied).with(.method, method).with(peer))
        case .limitExceeded, .payloadTooLarge, .overloaded:
            let limit = error.data?["limit"]?.string ?? kind
            tell(Notice(.limitRefused).with(.limit, limit).with(.method, method).with(peer))
        default: break
        }
    }

    /// Tells the operator, on the loop.
    func tell(_ notice: Notice) { coordinator.onNotice?(notice) }

    private func carryOut(
        _ work: Dispatcher.Work, _ id: RawJSON?, _ bytes: Int, _ session: Session,
        _ settle: @escaping Settle
    ) {
        switch work {
        case .now(let json): settle(.success(json))
        case .query(let query): read(query, session, settle)
        case .command(let work, let space):
            writeHeld(session)
            submit(work, bytes, session, id: id, space: space, settle)
        case .watch(let request):
            writeHeld(session)
            watches.begin(request, session, settle)
        case .unwatch(let watch):
            let ended = watches.end(watch, session)
            settle(.success(result { $0.member("ended", ended) }))
        case .maintain(let request): maintain(request, session, settle)
        case .begin(let key, let begin, let work)
        where id == nil && begin.isHoldable && bytes <= HeldBegins.bytes:
            let begun = UnwrittenBegin(begin: begin, at: environment.clock.now())
            hold(key, HeldBegins.Held(begun: begun, work: work), session)
            settle(.success([]))
        case .begin(_, _, let work):
            writeHeld(session)
            submit(work, bytes, session, id: id, settle)
        case .outcome(let key, let make):
            let begun = session.held.take(key)
            if begun == nil { writeHeld(session) }
            submit(make(begun), bytes, session, id: id, space: .records, settle)
        }
    }

    private func maintain(
        _ request: MaintenanceRequest, _ session: Session, _ settle: @escaping Settle
    ) {
        let task = request.task
        if case .copy = task {
            do throws(Failure) {
                try dispatcher.information.copies.requireRoom(at: environment.clock.now())
            } catch {
                return settle(.failure(RPCError(error)))
            }
        }
        let bound = NIOLoopBound((session, settle), eventLoop: loop)
        let peer = session.peer
        tell(Notice(.maintenanceBegan, task).with(peer))
        let told = { @Sendable (progress: MaintenanceProgress) in
            bound.value.0.send(Notifications.progress(task, progress))
        }
        coordinator.maintain(task, told: request.tellsProgress ? told : nil) { result in
            self.tell(Notice(task, result).with(peer))
            let (session, settle) = bound.value
            let text = result.map { report in
                SystemHandlers.text(task, report) { self.hold($0, for: session) }
            }
            settle(text.mapError(RPCError.init))
        }
    }

    /// Keeps a copy until its reader is done, or gone.
    private func hold(_ copy: any HeldCopy, for session: Session) -> String {
        let token = dispatcher.information.copies.put(
            copy, session.id, environment.random, at: environment.clock.now())
        if !session.isOpen { dispatcher.information.copies.sessionClosed(session.id) }
        return token
    }

    /// Reads a snapshot; behind a write of the same connection, one that has it.
    private func read(_ query: @escaping Handler.Query, _ session: Session, _ settle: @escaping Settle) {
        writeHeld(session)
        let context = CallContext(
            environment: environment, peer: session.peer, session: session.id,
            grantedRuns: session.grantedRuns,
            now: environment.clock.now())
        let bounded: Settle = { outcome in settle(outcome.flatMap { self.bounded($0, session) }) }
        if session.commandsInFlight > 0 {
            return submit({ _, _ in .reading { try query($0, context) } }, 0, session, bounded)
        }
        let settled = NIOLoopBound(bounded, eventLoop: loop)
        coordinator.read(context, query) { settled.value($0.mapError(RPCError.init)) }
    }

    /// What was read, unless its user has left too much unread: then it is given up, and he may ask again.
    private func bounded(_ json: [UInt8], _ session: Session) -> Result<[UInt8], RPCError> {
        guard json.count > ShareRule.smallBytes,
            let refusal = shares.rule(for: session.peer).bytes(
                own: session.share.bytes + json.count, all: shares.bytes + json.count)
        else { return .success(json) }
        return .failure(refused(refusal, session.peer))
    }

    /// Keeps a beginning for a moment, in case that its outcome follows.
    private func hold(_ key: HeldBegins.Key, _ held: HeldBegins.Held, _ session: Session) {
        if session.held.isFull { writeHeld(session) }
        session.held.insert(key, held)
        if session.hasHoldTimer { return }
        session.hasHoldTimer = true
        loop.assumeIsolated().scheduleTask(in: .milliseconds(HeldBegins.milliseconds)) {
            session.hasHoldTimer = false
            self.writeHeld(session)
        }
    }

    /// Writes the beginnings that still wait, before anything that could see them missing.
    func writeHeld(_ session: Session) {
        for held in session.held.takeAll() { submit(held.work, 0, session, { _ in }) }
    }

    /// - Parameter id: that of the request, by which it may be given up while it waits.
    func submit(
        _ work: @escaping Call.Work, _ bytes: Int, _ session: Session, id: RawJSON? = nil,
        space: SpaceUse = .grows,
        _ settle: @escaping Settle
    ) {
        session.commandsInFlight += 1
        let call = Call(
            environment: environment, peer: session.peer, session: session.id,
            grantedRuns: session.grantedRuns, request: id?.bytes ?? [], weight: bytes, space: space,
            work: work
        ) { result in
            session.commandsInFlight -= 1
            settle(result.mapError(RPCError.init))
        }
        collect(call)
    }

    /// Gathers the calls of one tick of the loop: they share a commit.
    private func collect(_ call: Call) {
        collected.append(call)
        if collected.count > 1 { return }
        loop.execute {
            let calls = self.collected
            self.collected = []
            self.coordinator.submit(calls)
        }
    }

    private func refusal(_ session: Session) -> RPCError? {
        if isDraining {
            return RPCError(
                .shuttingDown, "the daemon is shutting down", hint: "Connect again and send the call again.")
        }
        if session.inFlight >= limits.requestsInFlight {
            return RPCError(
                .limitExceeded,
                "this connection has \(limits.requestsInFlight) requests without a reply, which is the limit",
                hint: "Wait for replies before sending more."
            ) { $0.member("limit", "requests_in_flight") }
        }
        return shares.rule(for: session.peer).request(own: session.share.requests).map {
            refused($0, session.peer)
        }
    }
}
