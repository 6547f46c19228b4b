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
        switch frame {
        case .single(let item): receive(item, session, .ofLine(session, bytes: bytes))
        case .batch(let items):
            turns.spend(items.count, session.share)
            let replies = BatchReplies(
                session, count: items.count, lineBytes: bytes, limit: limits.outboundBytes)
            for item in items { receive(item, session, .ofBatch(replies)) }
        }
    }

    private func receive(_ item: PreparedFrame.Item, _ session: Session, _ place: ReplyPlace) {
        switch item {
        case .response: place.settle(nil)
        case .invalid(let reply):
            turns.spend(Turns.unitsOfError, session.share)
            environment.meters.requests.count(nil, error: RequestMeter.malformed)
            place.settle(reply)
        case .request(let head, let work):
            if let refusal = refusal(head, session) {
                turns.spend(Turns.unitsOfError, session.share)
                environment.meters.requests.count(head.method, error: refusal.kind)
                tell(refusal, head.method, session.peer)
                return place.settle(head.id, .failure(refusal))
            }
            let request = PendingRequest(self, session, head, place)
            switch work {
            case .failure(let error): request.settle(.failure(error))
            case .success(let work): carryOut(work, request)
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

    private func carryOut(_ work: Dispatcher.Work, _ request: PendingRequest) {
        let session = request.session
        switch work {
        case .now(let json): request.settle(.success(json))
        case .query(let query): read(query, session, request.settle)
        case .command(let work, let space):
            writeHeld(session)
            submit(work, request, space: space)
        case .watch(let watch):
            writeHeld(session)
            watches.begin(watch, session, request.settle)
        case .unwatch(let watch):
            let ended = watches.end(watch, session)
            request.settle(.success(result { $0.member("ended", ended) }))
        case .maintain(let task): maintain(task, session, request.settle)
        case .space(let asked): count(asked, session, request.settle)
        case .begin(let begin, let work)
        where request.head.id == nil && begin.isHoldable && request.head.bytes <= HeldBegins.bytes:
            let begun = UnwrittenBegin(begin: begin, at: environment.clock.now())
            hold(HeldBegins.Held(begun: begun, work: work), session)
            request.settle(.success([]))
        case .begin(let begin, let work):
            writeHeld(session)
            submit(work(begin), request)
        case .outcome(let ending):
            let begun = session.held.take(ending.step, ending.proof)
            if begun == nil { writeHeld(session) }
            submit(ending.work(begun), request, space: .records)
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

    private func count(_ asked: SpaceRequest, _ session: Session, _ settle: @escaping Settle) {
        writeHeld(session)
        do throws(Failure) {
            try asked.filter.check(context(session))
        } catch {
            return settle(.failure(RPCError(error)))
        }
        let bound = NIOLoopBound((session, settle), eventLoop: loop)
        coordinator.space(maxAge: asked.maxAge) { found in
            let (session, settle) = bound.value
            settle(
                SpaceHandlers.answer(found, asked, self.context(session)).flatMap {
                    self.bounded($0, session)
                })
        }
    }

    private func context(_ session: Session) -> CallContext {
        CallContext(
            environment: environment, peer: session.peer, session: session.id,
            grantedRuns: session.grantedRuns, now: environment.clock.now())
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
        let context = context(session)
        let bounded: Settle = { outcome in settle(outcome.flatMap { self.bounded($0, session) }) }
        if session.commandsInFlight > 0 {
            return submit({ _, _ in .reading { try query($0, context) } }, session, bounded)
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
    private func hold(_ held: HeldBegins.Held, _ session: Session) {
        if session.held.isFull { writeHeld(session) }
        session.held.insert(held)
        if session.isOnHeldClock { return }
        session.isOnHeldClock = true
        if heldClock.isEmpty { scheduleHeldTick() }
        heldClock.append(session)
    }

    private func scheduleHeldTick() {
        loop.assumeIsolated().scheduleTask(in: HeldClock.tick) {
            for session in self.heldClock.advance() {
                session.isOnHeldClock = false
                self.writeHeld(session)
            }
            if !self.heldClock.isEmpty { self.scheduleHeldTick() }
        }
    }

    /// Writes the beginnings that still wait, before anything that could see them missing.
    func writeHeld(_ session: Session) {
        if session.held.isEmpty { return }
        for held in session.held.takeAll() { submit(held.work(held.begun.begin), session, { _ in }) }
    }

    private func submit(_ work: @escaping Call.Work, _ request: PendingRequest, space: SpaceUse = .grows) {
        let session = request.session
        session.commandsInFlight += 1
        submitSoon(
            Call(
                environment: environment, peer: session.peer, session: session.id,
                grantedRuns: session.grantedRuns, request: request.head.id?.bytes ?? [],
                weight: request.head.bytes, space: space, work: work, reply: request.settlePerformed))
    }

    /// Submits what no request asked for in so many words.
    func submit(_ work: @escaping Call.Work, _ session: Session, _ settle: @escaping Settle) {
        session.commandsInFlight += 1
        let call = Call(
            environment: environment, peer: session.peer, session: session.id,
            grantedRuns: session.grantedRuns, work: work
        ) { result in
            session.commandsInFlight -= 1
            settle(result.mapError(RPCError.init))
        }
        submitSoon(call)
    }

    /// How many times as many last words there may be as other requests: whoever gives up all that it waits for
    /// says two of each.
    private static let timesLastWords = 4

    private func refusal(_ head: PreparedFrame.Head, _ session: Session) -> RPCError? {
        if isDraining {
            return RPCError(
                .shuttingDown, "the daemon is shutting down", hint: "Connect again and send the call again.")
        }
        let times = head.isLastWord ? Self.timesLastWords : 1
        if session.inFlight >= limits.requestsInFlight * times {
            return RPCError(
                .limitExceeded,
                "this connection has \(limits.requestsInFlight) requests without a reply, which is the limit",
                hint: "Wait for replies before sending more."
            ) { $0.member("limit", "requests_in_flight") }
        }
        return shares.rule(for: session.peer).request(own: session.share.requests / times).map {
            refused($0, session.peer)
        }
    }
}
