import SidestepProtocol

extension SidestepClient {
    /// Sends a named message to a run; it is kept until the run waits for it.
    ///
    /// - Parameter id: recognises a message that is sent again: it is delivered once.
    /// - Parameter create: keep it for a run that is not made yet.
    /// - Returns: false when a message of this id had come before.
    @discardableResult
    public func signal(
        _ name: String, to run: String, value: (some Encodable & Sendable)? = RawJSON?.none,
        id: String? = nil,
        create: Bool = false
    ) async throws -> Bool {
        let value = try value.map { try payloads.encode($0) }
        // Without an id a second copy would be a second message.
        let result = try await call("signal.send", mayResend: id != nil) { writer in
            writer.member("run", run)
            writer.member("signal", name)
            writer.member("value", value)
            writer.member("message_id", id)
            if create { writer.member("create", true) }
        }
        return result["duplicate"]?.bool != true
    }

    /// Settles a promise of a run with a value.
    ///
    /// - Returns: false when somebody had settled it before.
    @discardableResult
    public func resolve(
        _ promise: String, of run: String, value: (some Encodable & Sendable)? = RawJSON?.none
    ) async throws -> Bool {
        try await settle("promise.resolve", promise, run, "value", value)
    }

    /// Settles a promise of a run with an error.
    ///
    /// - Returns: false when somebody had settled it before.
    @discardableResult
    public func reject(
        _ promise: String, of run: String, error: (some Encodable & Sendable)? = RawJSON?.none
    ) async throws -> Bool {
        try await settle("promise.reject", promise, run, "error", error)
    }

    private func settle(
        _ method: String, _ promise: String, _ run: String, _ name: String,
        _ value: (some Encodable & Sendable)?
    ) async throws -> Bool {
        let value = try value.map { try payloads.encode($0) }
        let result = try await call(method) { writer in
            writer.member("run", run)
            writer.member("promise", promise)
            writer.member(name, value)
        }
        return result["settled"]?.bool == true
    }

    /// Asks a run and its children to end; the owner may first undo what it did.
    ///
    /// - Parameter grace: how long the owner may take; 30 seconds unless said otherwise.
    public func cancel(_ run: String, reason: String? = nil, grace: Duration? = nil) async throws {
        try await call("run.cancel") { writer in
            writer.member("run", run)
            writer.member("reason", reason)
            writer.member("grace_ms", grace?.milliseconds)
        }
    }
}
