import SidestepProtocol

extension Run {
    /// What the run wants others to see: key and value, readable from outside at any time.
    public struct State: Sendable {
        let run: Run

        /// Sets a value.
        public func set(_ name: String, _ value: some Encodable & Sendable) async throws {
            let value = try run.client.payloads.encode(value)
            try await run.call("state.set") { writer in
                writer.member("name", name)
                writer.member("value", value)
            }
        }

        /// Removes a value.
        public func remove(_ name: String) async throws {
            try await run.call("state.set") { $0.member("name", name) }
        }

        /// A value, or nil when there is none.
        public func get<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) async throws
            -> Value?
        {
            let result = try await run.client.call("state.get") { writer in
                writer.member("run", run.id)
                writer.member("name", name)
            }
            guard result["found"]?.bool != false, let value = result["value"] else { return nil }
            return try run.client.payloads.decode(type, from: value)
        }

        /// All values by name.
        public func all() async throws -> [String: RawJSON] {
            let result = try await run.client.call("state.list") { $0.member("run", run.id) }
            let members = result["state"]?.members ?? []
            return Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
        }
    }

    /// The run's state.
    public var state: State { State(run: self) }

    /// The input the run was created with.
    public func input<Input: Decodable>(as type: Input.Type = Input.self) async throws -> Input {
        if let givenInput { return try client.payloads.decode(type, from: givenInput) }
        let result = try await client.call("run.get") { $0.member("run", id) }
        return try client.payloads.decode(type, from: result["input"] ?? .null)
    }

    /// What to hand to the outside world so that it can tell a repetition: the same for every attempt of the
    /// step.
    ///
    /// - Parameter step: the step's name in the journal. Inside a step's body `StepContext.current` knows it.
    public func idempotencyKey(_ step: String) -> String { "\(uid)/\(step)" }
}
