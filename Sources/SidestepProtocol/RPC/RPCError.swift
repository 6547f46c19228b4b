import SidestepModel

/// An error as it stands in a JSON-RPC response.
public struct RPCError: Error, Sendable, Equatable {
    /// One of the codes of the JSON-RPC specification, or `RPCError.sidestepCode`.
    public let code: Int
    /// A sentence for a person.
    public let message: String
    /// What a program needs: `kind`, `hint` and what applies besides.
    public let data: RawJSON?

    /// The code of every error of our own; `data.kind` tells them apart.
    public static let sidestepCode = -32000

    /// An error as the wire has it.
    public init(code: Int, message: String, data: RawJSON? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// An error of our own, with `members` written after `kind` and before `hint`.
    public init(
        _ kind: ErrorKind, _ message: String, hint: String? = nil,
        members: (inout JSONWriter) -> Void = { _ in }
    ) {
        self.init(
            code: kind == .invalidArgument ? -32602 : Self.sidestepCode, message: message,
            data: RawJSON.build { writer in
                writer.beginObject()
                writer.member("kind", kind.rawValue)
                members(&writer)
                writer.member("hint", hint)
                writer.endObject()
            })
    }

    /// The stable name of the error, when its data has one.
    public var kind: String? { data?["kind"]?.string }
}

extension RPCError {
    /// The line is not JSON (-32700); `data.offset` says where it breaks.
    public static func parseError(_ error: JSONError) -> RPCError {
        let data = RawJSON.build(capacity: 32) { writer in
            writer.beginObject()
            writer.member("offset", error.offset)
            writer.endObject()
        }
        let message = "The line is not valid JSON: \(error.reason) (byte \(error.offset))."
        return RPCError(code: -32700, message: message, data: data)
    }

    /// The value is JSON but no request (-32600).
    public static func invalidRequest(_ message: String) -> RPCError {
        RPCError(code: -32600, message: message)
    }

    /// There is no such method (-32601).
    public static func methodNotFound(_ name: String) -> RPCError {
        RPCError(code: -32601, message: "There is no method `\(name.prefix(100))`; rpc.discover lists all.")
    }

    /// A parameter is wrong (-32602, kind `invalid_argument`).
    public static func invalidParams(_ message: String, parameter: String? = nil, hint: String? = nil)
        -> RPCError
    {
        RPCError(.invalidArgument, message, hint: hint) { $0.member("parameter", parameter) }
    }

    /// We made a mistake (-32603).
    public static func internalError(_ message: String) -> RPCError {
        RPCError(code: -32603, message: message)
    }

    /// A limit of the daemon was passed; `data.limit` names it.
    public static func overLimit(_ kind: ErrorKind, _ limit: String, _ value: Int, _ message: String)
        -> RPCError
    {
        RPCError(kind, message, hint: "The limit \(limit) is \(value).") { $0.member("limit", limit) }
    }
}
