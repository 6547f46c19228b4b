import SidestepProtocol

/// A client of the Sidestep daemon: the way into durable runs.
///
///     let sidestep = try await Sidestep.connect()
///     let total = try await sidestep.workflow("sum", run: "sum-1", input: [1, 2, 3]) { run in
///         try await run.step("add") { [1, 2, 3].reduce(0, +) }
///     }
///
/// One client serves any number of tasks. It reconnects by itself; a restart of the daemon is not an error of
/// a workflow.
public final class Sidestep: Sendable {
    let connection: Connection

    init(connection: Connection) { self.connection = connection }

    deinit { connection.close() }

    /// Finds a daemon, or starts one, and connects to it.
    ///
    /// Looked for: `socket`, `SIDESTEP_SOCKET`, `$XDG_RUNTIME_DIR/sidestep/sidestep.sock`,
    /// `/run/sidestep/sidestep.sock`, the user's own directory below the temporary directory.
    ///
    /// - Parameters:
    ///   - socket: the daemon's socket; nil looks in the usual places.
    ///   - autostart: whether a daemon may be started; nil leaves it to `SIDESTEP_AUTOSTART`.
    ///   - patience: how long to look for a daemon that went away before calls fail.
    /// - Throws: `SidestepError` of kind `daemonNotFound` that names what was tried.
    public static func connect(
        socket: String? = nil, autostart: Bool? = nil, patience: Duration = .seconds(60)
    ) async throws -> Sidestep {
        let finder = DaemonFinder(socket: socket, autostart: autostart)
        let sidestep = Sidestep(connection: Connection(finder: finder, patience: patience))
        _ = try await sidestep.connection.call("ping", nil, mayResend: true)
        return sidestep
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
        try await connection.call(method, params, mayResend: mayResend)
    }

    /// Calls any method of the protocol with the parameters that `write` writes into an object.
    ///
    /// `write` is executed where the caller is: on the main actor it may use what belongs to that.
    @discardableResult
    nonisolated(nonsending) public func call(
        _ method: String, mayResend: Bool = true, _ write: (inout JSONWriter) -> Void
    ) async throws -> RawJSON {
        try await call(method, .object(write), mayResend: mayResend)
    }
}
