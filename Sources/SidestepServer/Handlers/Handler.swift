import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

/// How one method is carried out: from checked parameters to the JSON text of its result.
enum Handler: Sendable {
    typealias Query = @Sendable (any StoreReader, CallContext) throws -> [UInt8]

    case now(@Sendable (Request) throws -> [UInt8])
    case query(@Sendable (Request) throws -> Query)
    case command(@Sendable (Request) throws -> Call.Work)
    /// One or the other of these, as the parameters say.
    indirect case either(@Sendable (Request) throws -> Handler)
    /// The connection is to be told what happens, or not any more.
    case watch(@Sendable (Request) -> WatchRequest)
    case unwatch(@Sendable (Request) -> String)
    /// Work on the database as a whole; the connection may be told how far it is.
    case maintain(@Sendable (Request) throws -> MaintenanceRequest)
    /// What users have, and what it takes; counted in slices, so that the answer may take its time.
    case space(@Sendable (Request) -> SpaceRequest)
    /// A step begins; as a notification it may wait for its outcome.
    case begin(@Sendable (Request) throws -> BeginStep, @Sendable (BeginStep) -> Call.Work)
    /// A step ends; its beginning may not be written yet.
    case outcome(@Sendable (Request) -> StepEnding)

    /// A use case that reads, with the encoding of its result.
    static func read<U: SidestepEngine.Query>(
        _ make: @escaping @Sendable (Request) throws -> U,
        _ encode: @escaping @Sendable (inout JSONWriter, U.Result) -> Void
    ) -> Handler {
        .query { request in
            let useCase = try make(request)
            return { store, context in
                let found = try useCase.answer(store, context)
                return result { encode(&$0, found) }
            }
        }
    }

    /// A use case that writes, with the encoding of its result.
    static func write<U: Command>(
        _ make: @escaping @Sendable (Request) throws -> U,
        _ encode: @escaping @Sendable (inout JSONWriter, U.Result) -> Void
    ) -> Handler {
        .command { work(try make($0), encode) }
    }

    /// A use case that writes and answers with the run, tags included.
    static func change<U: Command>(_ make: @escaping @Sendable (Request) throws -> U) -> Handler
    where U.Result == RunRecord {
        .command { request in
            let useCase = try make(request)
            return { store, context in
                let run = try useCase.perform(store, &context)
                let view = try RunView(run, store)
                return .done(result { $0.run("run", view) })
            }
        }
    }

    /// A use case that ends a step, with the encoding of its result.
    static func ending<U: EndsStep>(
        _ make: @escaping @Sendable (Request) -> U,
        _ encode: @escaping @Sendable (inout JSONWriter, U, U.Result) -> Void
    ) -> Handler {
        .outcome { request in
            let useCase = make(request)
            return StepEnding(proof: useCase.proof, step: useCase.step) { begun in
                var whole = useCase
                whole.begun = begun
                return { [whole] store, context in
                    let done = try whole.perform(store, &context)
                    return .done(result { encode(&$0, whole, done) })
                }
            }
        }
    }

    static func work<U: Command>(
        _ useCase: U, _ encode: @escaping @Sendable (inout JSONWriter, U.Result) -> Void
    ) -> Call.Work {
        { store, context in
            let done = try useCase.perform(store, &context)
            return .done(result { encode(&$0, done) })
        }
    }
}

/// The end of a step, which is carried out when it is known whether the beginning was written.
struct StepEnding: Sendable {
    let proof: LeaseProof
    let step: String
    let work: @Sendable (UnwrittenBegin?) -> Call.Work
}

/// A call as a handler sees it.
struct Request: Sendable {
    var params: Params
    let caller: Caller
    let information: DaemonInformation
    var limits = Limits()

    var peer: Peer { caller.peer }

    /// How the caller of a lease method shows that it acts for the run.
    var proof: LeaseProof {
        assert(params.name(at: .lease) == "lease", "the method is none of a lease")
        let run = params[.run]?.string
        return params[.lease]?.string.map { .text($0, run: run) } ?? .session(run: run)
    }

    /// A parameter that the method table requires.
    func required(_ name: String) -> String {
        guard let text = params.string(name) else {
            preconditionFailure("\(name) is required and was not checked")
        }
        return text
    }

    /// The same by its place.
    func required(_ place: Place) -> String {
        guard let text = params[place]?.string else {
            preconditionFailure("\(params.name(at: place)) is required and was not checked")
        }
        return text
    }

    func payload(_ name: String) -> Payload? { params.raw(name)?.bytes }

    func instant(_ name: String) -> Instant? { params.integer(name).map(Instant.init(milliseconds:)) }

    /// The uid in the parameter `user`.
    var user: UserID? { params.integer("user").map(UserID.init(truncating:)) }

    var limit: Int { Int(params.count("limit")) }

    /// About how many bytes a page may have: never more than an eighth of what a slow reader may have queued.
    func pageBytes(default bytes: Int = 8 << 20) -> Int {
        Int(min(params.integer("max_bytes") ?? Int64(bytes), 32 << 20))
    }

    /// What is said of a run by whoever makes it or opens it.
    var terms: RunTerms {
        var terms = RunTerms()
        terms.input = payload("input")
        terms.retry = payload("retry")
        terms.maxInterruptions = params.integer("max_interruptions")
        terms.tags = RunHandlers.tags(self)
        terms.metadata = payload("metadata")
        terms.deadline = instant("deadline_at")
        terms.parent = params.string("parent")
        terms.isDetached = params.string("on_parent_close") == "detach"
        terms.compensates = params.boolean("compensates")
        terms.budget = budget("budget")
        terms.traceparent = params.string("traceparent")
        return terms
    }

    var attemptError: AttemptError {
        AttemptError(
            types: params.strings("types") ?? [], retryable: params.flag("retryable"),
            retryAfterMilliseconds: params.integer("retry_after_ms"))
    }
}
