import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

/// How one method is carried out: from checked parameters to the JSON text of its result.
enum Handler {
    typealias Query = @Sendable (any StoreReader, CallContext) throws -> [UInt8]

    case now((Request) throws -> [UInt8])
    case query((Request) throws -> Query)
    /// `isLazy`: as a notification it needs no commit of its own.
    case command(isLazy: Bool, (Request) throws -> Call.Work)

    /// A use case that reads, with the encoding of its result.
    static func read<U: SidestepEngine.Query>(
        _ make: @escaping (Request) throws -> U,
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
        isLazy: Bool = false, _ make: @escaping (Request) throws -> U,
        _ encode: @escaping @Sendable (inout JSONWriter, U.Result) -> Void
    ) -> Handler {
        .command(isLazy: isLazy) { request in
            let useCase = try make(request)
            return { store, context in
                let done = try useCase.perform(store, &context)
                return .done(result { encode(&$0, done) })
            }
        }
    }
}

/// A call as a handler sees it.
struct Request {
    let params: Params
    let peer: Peer
    let information: DaemonInformation

    /// How the caller of a lease method shows that it acts for the run.
    var proof: LeaseProof { params.string("lease").map(LeaseProof.text) ?? .session(run: params.string("run")) }

    /// A parameter that the method table requires.
    func required(_ name: String) -> String {
        guard let text = params.string(name) else { preconditionFailure("\(name) is required and was not checked") }
        return text
    }

    func payload(_ name: String) -> Payload? { params.raw(name)?.bytes }

    func instant(_ name: String) -> Instant? { params.integer(name).map(Instant.init(milliseconds:)) }

    func limit(default count: Int) -> Int { params.integer("limit").map(Int.init) ?? count }

    /// About how many bytes a page may have: never more than an eighth of what a slow reader may have queued.
    func pageBytes(default bytes: Int = 8 << 20) -> Int { Int(min(params.integer("max_bytes") ?? Int64(bytes), 32 << 20)) }

    var attemptError: AttemptError {
        AttemptError(
            types: params.strings("types") ?? [], retryable: params.boolean("retryable") ?? true,
            retryAfterMilliseconds: params.integer("retry_after_ms"))
    }
}
