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
struct Dispatcher: Sendable {
    enum Work: Sendable {
        case now([UInt8])
        case query(Handler.Query)
        case command(Call.Work, SpaceUse)
        case watch(WatchRequest)
        case unwatch(String)
        case maintain(MaintenanceRequest)
        case space(SpaceRequest)
        /// Apart, for its size: the others are passed on in a few words.
        indirect case begin(BeginStep, @Sendable (BeginStep) -> Call.Work)
        case outcome(StepEnding)
    }

    /// A method and what carries it out, found together.
    final class Route: Sendable {
        let method: Method
        let handler: Handler

        init(_ method: Method, _ handler: Handler) { (self.method, self.handler) = (method, handler) }
    }

    let information: DaemonInformation
    private let routes: [String: Route]

    init(information: DaemonInformation) {
        self.information = information
        var handlers = SessionHandlers.all
        for family in [
            ResumeHandler.all, RunHandlers.all, ViewHandlers.all, StepHandlers.all, CheckpointHandlers.all,
            StateHandlers.all,
            LeaseHandlers.all, WaitHandlers.all, QueueHandlers.all, LimitHandlers.all,
            ScheduleHandlers.all, StreamHandlers.all, ArtifactHandlers.all, EventHandlers.all,
            WebhookHandlers.all, WatchHandlers.all,
            ForkHandlers.all,
            RetentionHandlers.all, BulkHandlers.all, TimelineHandlers.all, UsageHandlers.all,
            SystemHandlers.all, SpaceHandlers.all,
            TransferHandlers.all,
            GraphHandlers.all, ConversationHandlers.all, MemoryHandlers.all,
            RecordingHandlers.all,
        ] {
            handlers.merge(family) { _, _ in preconditionFailure("two handlers have one name") }
        }
        let contract = Set(MethodTable.all.map(\.name))
        precondition(
            contract == Set(handlers.keys),
            "handlers and contract differ: \(contract.symmetricDifference(handlers.keys))")
        routes = Dictionary(
            uniqueKeysWithValues: MethodTable.all.map { ($0.name, Route($0, handlers[$0.name]!)) })
    }

    /// The method of this name; nil when there is none.
    func route(_ name: String) -> Route? { routes[name] }

    func dispatch(
        _ request: RPCRequest, _ route: Route?, _ caller: Caller, _ limits: Limits
    ) -> Result<Work, RPCError> {
        guard let route else { return .failure(.methodNotFound(request.method)) }
        do {
            let params = try Params(validating: request.params, against: route.method, limits: limits)
            let request = Request(params: params, caller: caller, information: information, limits: limits)
            return .success(try work(route, request))
        } catch let error as RPCError {
            return .failure(error)
        } catch let failure as Failure {
            return .failure(RPCError(failure))
        } catch {
            preconditionFailure("a handler threw \(error)")
        }
    }

    private func work(_ route: Route, _ request: Request) throws -> Work {
        switch route.handler {
        case .either(let choose): try work(Route(route.method, choose(request)), request)
        case .now(let answer): .now(try answer(request))
        case .query(let make): .query(try make(request))
        case .command(let make): .command(try make(request), route.method.space)
        case .watch(let make): .watch(make(request))
        case .unwatch(let make): .unwatch(make(request))
        case .maintain(let make): .maintain(try make(request))
        case .space(let make): .space(make(request))
        case .begin(let make, let work): .begin(try make(request), work)
        case .outcome(let make): .outcome(make(request))
        }
    }
}
