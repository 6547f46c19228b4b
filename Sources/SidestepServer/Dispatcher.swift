import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

/// From a method's name to its handler: a table, checked against the contract when it is made.
struct Dispatcher {
    enum Work {
        case now([UInt8])
        case query(Handler.Query)
        case command(Call.Work)
        case watch(WatchRequest)
        case unwatch(String)
        case maintain(MaintenanceRequest)
        case begin(HeldBegins.Key, BeginStep, Call.Work)
        case outcome(HeldBegins.Key, (UnwrittenBegin?) -> Call.Work)
    }

    let information: DaemonInformation
    private let handlers: [String: Handler]

    init(information: DaemonInformation) {
        self.information = information
        var handlers = SessionHandlers.all
        for family in [
            ResumeHandler.all, RunHandlers.all, StepHandlers.all, CheckpointHandlers.all, StateHandlers.all,
            LeaseHandlers.all, WaitHandlers.all, QueueHandlers.all, LimitHandlers.all,
            ScheduleHandlers.all, StreamHandlers.all, ArtifactHandlers.all, EventHandlers.all,
            WebhookHandlers.all, WatchHandlers.all,
            ForkHandlers.all,
            RetentionHandlers.all,
            SystemHandlers.all,
            TransferHandlers.all,
            GraphHandlers.all, ConversationHandlers.all,
        ] {
            handlers.merge(family) { _, _ in preconditionFailure("two handlers have one name") }
        }
        let contract = Set(MethodTable.all.map(\.name))
        precondition(
            contract == Set(handlers.keys),
            "handlers and contract differ: \(contract.symmetricDifference(handlers.keys))")
        self.handlers = handlers
    }

    func dispatch(_ request: RPCRequest, _ session: Session, _ limits: Limits) -> Result<Work, RPCError> {
        guard let method = MethodTable.named(request.method), let handler = handlers[request.method] else {
            return .failure(.methodNotFound(request.method))
        }
        do {
            let params = try Params(validating: request.params, against: method, limits: limits)
            return .success(
                try work(
                    handler,
                    Request(params: params, peer: session.peer, information: information, limits: limits)))
        } catch let error as RPCError {
            return .failure(error)
        } catch let failure as Failure {
            return .failure(RPCError(failure))
        } catch {
            preconditionFailure("a handler threw \(error)")
        }
    }

    private func key(_ request: Request) -> HeldBegins.Key {
        HeldBegins.Key(proof: request.proof, step: request.required("step"))
    }

    private func work(_ handler: Handler, _ request: Request) throws -> Work {
        switch handler {
        case .now(let answer): .now(try answer(request))
        case .query(let make): .query(try make(request))
        case .command(let make): .command(try make(request))
        case .watch(let make): .watch(make(request))
        case .unwatch(let make): .unwatch(make(request))
        case .maintain(let make): .maintain(try make(request))
        case .begin(let make, let work):
            try { begin in .begin(key(request), begin, work(begin)) }(make(request))
        case .outcome(let make): .outcome(key(request)) { make(request, $0) }
        }
    }
}
