/// A call, with its payloads untouched.
public struct RPCRequest: Sendable, Equatable {
    /// The id as it came, for the reply; nil for a notification, which gets none.
    public let id: RawJSON?
    /// The method's name.
    public let method: String
    /// An object or an array, or nil when left out.
    public let params: RawJSON?

    /// A request, or without an id a notification.
    public init(id: RawJSON?, method: String, params: RawJSON?) {
        self.id = id
        self.method = method
        self.params = params
    }
}

/// A reply.
public struct RPCResponse: Sendable {
    /// The id of the request that is answered; null when that could not be read.
    public let id: RawJSON
    /// What came of it.
    public let outcome: Result<RawJSON, RPCError>

    /// The answer to the request of this id.
    public init(id: RawJSON, outcome: Result<RawJSON, RPCError>) {
        self.id = id
        self.outcome = outcome
    }
}

/// One of the values that a line carries.
public enum FrameItem: Sendable {
    /// A call or a notification.
    case request(RPCRequest)
    /// Nothing that can be carried out; the error goes back under this id, or under null.
    case invalid(id: RawJSON?, RPCError)
    /// The answer to a call that this side made.
    case response(RPCResponse)
}

/// What one line says.
public enum Frame: Sendable {
    /// One value.
    case single(FrameItem)
    /// An array of values, answered by one array.
    case batch([FrameItem])
}
