import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

/// Operations of `memory.` in one call: each is a call of its own method, checked and carried out as such.
struct MemoryBatch: Sendable {
    /// One of them. What looks at one row is done in its place; what may look at many is left to a reader.
    private enum Operation: Sendable {
        case write(Call.Work)
        case look(Handler.Query)
        case search(Handler.Query)
    }

    private let operations: [Operation]
    /// Bytes of all results: half of what a slow reader may have queued.
    private let maxBytes: Int

    /// A batch that only looks never waits for the writer.
    static func handler(_ request: Request) throws -> Handler {
        let batch = try MemoryBatch(request)
        if batch.writes { return .command { _ in { try batch.perform($0, &$1) } } }
        return .query { _ in { store, context in try batch.finish([:], store, context) } }
    }

    private init(_ request: Request) throws {
        operations = try (request.params.array("operations") ?? []).map { try Self.operation($0, request) }
        maxBytes = request.limits.outboundBytes / 2
    }

    private static func operation(_ asked: RawJSON, _ request: Request) throws -> Operation {
        let name = asked["method"]?.string ?? ""
        guard let method = MethodTable.named(name), let handler = MemoryHandlers.one[name] else {
            preconditionFailure("\(name) is none of the methods that the contract has")
        }
        guard asked["params"]?.kind == .object else {
            throw RPCError.invalidParams(
                "`params` of an operation must be an object.", parameter: "params",
                hint: method.example.params)
        }
        var one = request
        one.params = try Params(validating: asked["params"], against: method, limits: request.limits)
        switch handler {
        case .command(let make): return .write(try make(one))
        case .query(let make) where name == "memory.get": return .look(try make(one))
        case .query(let make): return .search(try make(one))
        default: preconditionFailure("\(name) neither reads nor writes")
        }
    }

    private var writes: Bool {
        operations.contains { if case .write = $0 { true } else { false } }
    }

    /// Does in the transaction what belongs there, and leaves the rest to a reader behind the commit.
    private func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws -> Answer {
        var results: [Int: [UInt8]] = [:]
        for (index, operation) in operations.enumerated() {
            switch operation {
            case .write(let work):
                guard case .done(let result) = try work(store, &call) else { continue }
                results[index] = result
            case .look(let query): results[index] = try query(store, call)
            case .search: continue
            }
        }
        if results.count == operations.count { return .done(try encoded(results)) }
        let context = call
        return .reading { [results] in try finish(results, $0, context) }
    }

    /// Looks where nothing is known yet, in one snapshot.
    private func finish(
        _ known: [Int: [UInt8]], _ store: any StoreReader, _ context: CallContext
    ) throws -> [UInt8] {
        var results = known
        var bytes = known.values.reduce(0) { $0 + $1.count }
        for (index, operation) in operations.enumerated() where results[index] == nil {
            switch operation {
            case .look(let query), .search(let query):
                let result = try query(store, context)
                bytes += result.count
                try check(bytes)
                results[index] = result
            case .write: preconditionFailure("what writes has its result from the transaction")
            }
        }
        return try encoded(results)
    }

    private func encoded(_ results: [Int: [UInt8]]) throws -> [UInt8] {
        try check(results.values.reduce(0) { $0 + $1.count })
        return result { writer in
            writer.list("results", operations.indices) { $0.raw(bytes: results[$1] ?? []) }
        }
    }

    private func check(_ bytes: Int) throws {
        if bytes <= maxBytes { return }
        throw Failure(
            .payloadTooLarge, "the results of the batch have more than \(maxBytes) bytes",
            hint: "Ask for less in one batch: `max_bytes` bounds each search.")
    }
}
