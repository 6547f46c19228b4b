/// Judges a scanned envelope by the rules of JSON-RPC 2.0.
struct EnvelopeReader {
    let line: ArraySlice<UInt8>
    let envelope: Envelope

    /// The request, notification or response that the envelope holds, or what is wrong with it.
    var item: FrameItem {
        let id = value(envelope.id)
        if let id, id.kind == .object || id.kind == .array || id.kind == .bool {
            return .invalid(id: nil, .invalidRequest("`id` is a string, a number or null."))
        }
        if let field = envelope.repeated {
            return .invalid(
                id: field == .id ? nil : id, .invalidRequest("`\(field.rawValue)` is given twice."))
        }
        guard isVersion2 else { return .invalid(id: id, .invalidRequest("`jsonrpc` must be \"2.0\".")) }
        return envelope.method == nil ? response(id) : request(id)
    }

    private func request(_ id: RawJSON?) -> FrameItem {
        guard let named = value(envelope.method), let method = named.string else {
            return .invalid(id: id, .invalidRequest("`method` is a string."))
        }
        // It reaches logs and C strings. Without an escape there can be none in it.
        if named.bytes.contains(Byte.backslash), method.utf8.contains(0) {
            return .invalid(id: id, .invalidRequest("`method` holds a NUL."))
        }
        let params = value(envelope.params)
        if let params, params.kind != .object && params.kind != .array {
            return .invalid(id: id, .invalidRequest("`params` is an object."))
        }
        return .request(RPCRequest(id: id, method: method, params: params))
    }

    private func response(_ id: RawJSON?) -> FrameItem {
        let result = value(envelope.result)
        let error = value(envelope.error)
        guard let id, (result == nil) != (error == nil) else {
            return .invalid(id: id, .invalidRequest("There is no `method`."))
        }
        if let result { return .response(RPCResponse(id: id, outcome: .success(result))) }
        guard let failure = error.flatMap(failure) else {
            return .invalid(id: id, .invalidRequest("`error` has an integer `code` and a `message`."))
        }
        return .response(RPCResponse(id: id, outcome: .failure(failure)))
    }

    private func failure(_ error: RawJSON) -> RPCError? {
        guard let code = error["code"]?.integer.flatMap(Int.init(exactly:)),
            let message = error["message"]?.string
        else { return nil }
        return RPCError(code: code, message: message, data: error["data"])
    }

    private var isVersion2: Bool {
        guard let version = value(envelope.jsonrpc), version.kind == .string else { return false }
        return version.isWritten("\"2.0\"") || version.string == "2.0"
    }

    private func value(_ range: Range<Int>?) -> RawJSON? {
        range.map { RawJSON(validated: line).slice($0) }
    }
}
