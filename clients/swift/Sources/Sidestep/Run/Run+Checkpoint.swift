import SidestepProtocol

/// A checkpoint as it was saved.
public struct SavedCheckpoint: Sendable {
    /// Unique in the database.
    public let id: String
    /// Counts the checkpoints of the run.
    public let sequence: Int
    /// The name it was saved under, if any.
    public let name: String?
    /// The number that its author gave it.
    public let stepNumber: Int?
    /// The agent's state; `null` when none was given.
    public let state: RawJSON
    /// What tools returned, as it was given.
    public let toolResults: RawJSON?
    /// What else was given.
    public let metadata: RawJSON?
    /// Messages in the history at this point.
    public let messageCount: Int

    private let payloads: Payloads

    init?(_ json: RawJSON, _ payloads: Payloads) {
        self.payloads = payloads
        guard let id = json["checkpoint"]?.string else { return nil }
        self.id = id
        sequence = json["sequence"]?.int ?? 0
        name = json["name"]?.string
        stepNumber = json["step_number"]?.int
        state = json["state"] ?? .null
        toolResults = json.present("tool_results")
        metadata = json.present("metadata")
        messageCount = json["message_count"]?.int ?? 0
    }

    /// The agent's state as a value.
    public func state<State: Decodable>(as type: State.Type = State.self) throws -> State {
        try payloads.decode(type, from: state)
    }
}

/// What the daemon says about a checkpoint it saved.
public struct CheckpointReceipt: Sendable {
    /// Unique in the database.
    public let id: String
    /// Names the checkpoint and lets its holder resume from it; keep it secret.
    public let resumeToken: String
    /// Counts the checkpoints of the run.
    public let sequence: Int
    /// Messages in the history at this point.
    public let messageCount: Int
    /// What this checkpoint added to the database, in bytes.
    public let newBytes: Int

    init(_ json: RawJSON) {
        id = json["checkpoint"]?.string ?? ""
        resumeToken = json["resume_token"]?.string ?? ""
        sequence = json["sequence"]?.int ?? 0
        messageCount = json["message_count"]?.int ?? 0
        newBytes = json["new_bytes"]?.int ?? 0
    }
}

/// How the message history changes with a checkpoint.
public struct MessageChange: Sendable {
    let json: @Sendable (Payloads) throws -> RawJSON

    /// Keeps the first messages and adds new ones after them: only these are sent and stored.
    public static func append(_ messages: [some Encodable & Sendable], keeping count: Int) -> MessageChange {
        MessageChange { payloads in
            let added = try messages.map { try payloads.encode($0) }
            return .object { writer in
                writer.member("keep", count)
                writer.array("append") { writer in added.forEach { writer.raw($0) } }
            }
        }
    }

    /// Hands over the whole history; the daemon finds out what is new.
    public static func all(_ messages: [some Encodable & Sendable]) -> MessageChange {
        MessageChange { payloads in
            let all = try messages.map { try payloads.encode($0) }
            return .object { writer in
                writer.array("all") { writer in all.forEach { writer.raw($0) } }
            }
        }
    }
}

extension Run {
    /// Saves the agent's state.
    ///
    /// - Parameters:
    ///   - state: anything; nil saves none.
    ///   - messages: how the message history changes; nil leaves it as it is.
    ///   - stepNumber: an attribute for readers, nothing more.
    @discardableResult
    public func checkpoint(
        state: (some Encodable & Sendable)?, messages: MessageChange? = nil, stepNumber: Int? = nil,
        name: String? = nil, toolResults: RawJSON? = nil, metadata: RawJSON? = nil
    ) async throws -> CheckpointReceipt {
        let state = try state.map { try client.payloads.encode($0) }
        let change = try messages?.json(client.payloads)
        let result = try await call("checkpoint") { writer in
            writer.member("step_number", stepNumber)
            writer.member("state", state)
            writer.member("messages", change)
            writer.member("tool_results", toolResults)
            writer.member("metadata", metadata)
            writer.member("name", name)
        }
        return CheckpointReceipt(result)
    }

    /// Saves the message history alone.
    @discardableResult
    public func checkpoint(messages: MessageChange, stepNumber: Int? = nil) async throws -> CheckpointReceipt
    {
        try await checkpoint(state: RawJSON?.none, messages: messages, stepNumber: stepNumber)
    }

    /// The message history of the run's newest checkpoint, or its last messages only; empty before the first
    /// one.
    public func messages<Message: Decodable>(
        as type: Message.Type = Message.self, last: Int? = nil
    ) async throws -> [Message] {
        var messages: [Message] = []
        var from: Int?
        repeat {
            let page: RawJSON
            do {
                page = try await client.call("checkpoint.messages") { writer in
                    writer.member("run", id)
                    writer.member("from", from)
                    writer.member("last", from == nil ? last : nil)
                }
            } catch let error as SidestepError where error.kind == .checkpointNotFound {
                return []
            }
            messages += try (page["messages"]?.elements ?? []).map {
                try client.payloads.decode(type, from: $0)
            }
            from = page.present("more")?.int
        } while from != nil
        return messages
    }
}
