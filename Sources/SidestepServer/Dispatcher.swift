import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

/// Who calls, as far as a handler wants to know. Made on the loop, read anywhere.
struct Caller: Sendable {
    let peer: Peer
    /// How many connections he may know of: his user's, or, for an administrator, all.
    let connections: Int
}

/// From a method's name to its handler: a table, checked against the contract when it is made.
///
/// Unchecked: handlers are functions of their request alone, and may be called on any thread.
struct Dispatcher: @unchecked Sendable {
    enum Work {
        case now([UInt8])
        case query(Handler.Query)
        case command(Call.Work, SpaceUse)
        case watch(WatchRequest)
        case unwatch(String)
        case maintain(MaintenanceRequest)
        /// Apart, for its size: the others are passed on in a few words.
        indirect case begin(HeldBegins.Key, BeginStep, Call.Work)
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

    func dispatch(_ request: RPCRequest, _ caller: Caller, _ limits: Limits) -> Result<Work, RPCError> {
        guard let method = MethodTable.named(request.method), let handler = handlers[request.method] else {
            return .failure(.methodNotFound(request.method))
        }
        do {
            let params = try Params(validating: request.params, against: method, limits: limits)
            return .success(
                try work(
                    handler, method,
                    Request(params: params, caller: caller, information: information, limits: limits)))
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

    private func work(_ handler: Handler, _ method: Method, _ request: Request) throws -> Work {
        switch handler {
        case .now(let answer): .now(try answer(request))
        case .query(let make): .query(try make(request))
        case .command(let make): .command(try make(request), method.space)
        case .watch(let make): .watch(make(request))
        case .unwatch(let make): .unwatch(make(request))
        case .maintain(let make): .maintain(try make(request))
        case .begin(let make, let work):
            try { begin in .begin(key(request), begin, work(begin)) }(make(request))
        case .outcome(let make): .outcome(key(request)) { make(request, $0) }
        }
    }
}
