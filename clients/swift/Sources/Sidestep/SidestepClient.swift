import SidestepProtocol

/// A client of the Sidestep daemon: the way into durable runs.
///
///     let client = try await SidestepClient.connect()
///     let total = try await client.workflow("sum", run: "sum-1", input: [1, 2, 3]) { run in
///         try await run.step("add") { [1, 2, 3].reduce(0, +) }
///     }
///
/// One client serves any number of tasks. It reconnects by itself; a restart of the daemon is not an error of
/// a workflow.
public final class SidestepClient: Sendable {
    let connection: Connection
    let configuration: Configuration

    /// How values become payloads.
    var payloads: Payloads { configuration.payloads }

    /// Makes a client that finds the daemon, or starts one, when it is first called.
    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        connection = Connection(configuration)
    }

    deinit { connection.close() }

    /// Finds a daemon, or starts one, and connects to it.
    ///
    /// - Throws: `SidestepError` of kind `daemonNotFound` that names what was tried.
    public static func connect(_ configuration: Configuration = Configuration()) async throws
        -> SidestepClient
    {
        let client = SidestepClient(configuration: configuration)
        try await client.call("ping")
        return client
    }

    /// Closes the connection; calls that wait fail. A run held by this client can be taken up by others soon
    /// after.
    public func close() { connection.close() }

    /// Calls any method of the protocol.
    ///
    /// - Parameters:
    ///   - params: an object, or nil.
    ///   - mayResend: whether the daemon treats a second copy like the first, so that it may be sent again
    ///     after the connection broke. True for everything that reads and for everything that presents a
    ///     lease.
    @discardableResult
    public func call(_ method: String, _ params: RawJSON? = nil, mayResend: Bool = true) async throws
        -> RawJSON
    {
        try await connection.call(Outgoing(method, params), mayResend: mayResend)
    }

    /// Calls any method of the protocol with the parameters that `write` writes into an object.
    ///
    /// `write` is executed where the caller is: on the main actor it may use what belongs to that.
    @discardableResult
    nonisolated(nonsending) public func call(
        _ method: String, mayResend: Bool = true, _ write: (inout JSONWriter) -> Void
    ) async throws -> RawJSON {
        try await connection.call(Outgoing(method, write), mayResend: mayResend)
    }
}
