extension JSONWriter {
    /// Writes a request, or a notification when `id` is nil.
    public mutating func request(id: RawJSON?, method: String, params: RawJSON?) {
        beginObject()
        member("jsonrpc", "2.0")
        member("id", id)
        member("method", method)
        member("params", params)
        endObject()
    }

    /// Writes a response.
    public mutating func response(id: RawJSON, _ outcome: Result<RawJSON, RPCError>) {
        beginObject()
        member("jsonrpc", "2.0")
        member("id", id)
        switch outcome {
        case .success(let result): member("result", result)
        case .failure(let error):
            object("error") { writer in
                writer.member("code", error.code)
                writer.member("message", error.message)
                writer.member("data", error.data)
            }
        }
        endObject()
    }
}
