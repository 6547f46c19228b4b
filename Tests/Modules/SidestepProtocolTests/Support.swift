import SidestepModel
import SidestepProtocol
import Testing

/// What a server that knows `subtract`, `sum` and the like would answer to a frame.
enum Echo {
    static func reply(to line: String, limits: Limits = Limits()) -> String? {
        let items: [FrameItem]
        switch FrameParser.parse(ArraySlice(line.utf8), limits: limits) {
        case .single(let item): return answer(item)
        case .batch(let batch): items = batch
        }
        let replies = items.compactMap(answer)
        return replies.isEmpty ? nil : "[" + replies.joined(separator: ",") + "]"
    }

    private static func answer(_ item: FrameItem) -> String? {
        switch item {
        case .invalid(let id, let error): return text(id ?? .null, .failure(error))
        case .response: return text(.null, .failure(.invalidRequest("This is a response.")))
        case .request(let request):
            guard let id = request.id else { return nil }
            return text(id, result(request))
        }
    }

    private static func result(_ request: RPCRequest) -> Result<RawJSON, RPCError> {
        let params = request.params ?? .emptyObject
        switch request.method {
        case "sum": return .success(.integer(params.elements.compactMap(\.integer).reduce(0, +)))
        case "get_data": return .success(RawJSON.build { $0.raw(bytes: #"["hello",5]"#.utf8) })
        case "subtract":
            let first = params["minuend"] ?? params.elements.first
            let second = params["subtrahend"] ?? params.elements.last
            return .success(.integer((first?.integer ?? 0) - (second?.integer ?? 0)))
        default: return .failure(.methodNotFound(request.method))
        }
    }

    /// Errors are reduced to their code: their sentences are tested elsewhere.
    private static func text(_ id: RawJSON, _ outcome: Result<RawJSON, RPCError>) -> String {
        var writer = JSONWriter()
        writer.response(id: id, outcome.mapError { RPCError(code: $0.code, message: "") })
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// A response with a result, as `Echo` writes it.
func success(_ id: String, _ result: String) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#
}

/// A response with an error, as `Echo` writes it.
func failure(_ id: String, _ code: Int) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":\#(code),"message":""}}"#
}

/// The value of a text that must be valid.
func json(_ text: String) throws -> RawJSON { try RawJSON(parsing: Array(text.utf8)) }
