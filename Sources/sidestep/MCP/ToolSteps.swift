import Sidestep
import SidestepProtocol
import SidestepRecording

/// Makes each call of a tool a step of the run: begun before the server is told, recorded before the client has the
/// result.
final class ToolSteps {
    /// Where lines go.
    struct Ways {
        let toServer: ([UInt8]) -> Void
        let toClient: ([UInt8]) -> Void
    }

    private struct Step {
        let call: ToolCall
        let line: [UInt8]
        let turn: Int
        let name: String
    }

    private let name: String
    private let lease: String
    private let run: String
    private let inDoubt: InDoubt
    private let calls: PipelinedCalls
    private let ways: Ways
    private var turns: ToolTurns
    private var tools = RepeatableTools()
    private var lists: Set<RequestName> = []
    /// The ids of calls that have no answer yet.
    private var asked: Set<RequestName> = []
    /// The calls that the server is working on.
    private var running: [RequestName: Step] = [:]
    /// Calls that are not with the server yet: its input stays open for them.
    private(set) var beginning = 0
    private var state: StateKeeper

    init(
        name: String, run: String, lease: String, inDoubt: InDoubt, state: ServerState,
        calls: PipelinedCalls, ways: Ways
    ) {
        (self.name, self.run, self.lease, self.inDoubt) = (name, run, lease, inDoubt)
        (self.calls, self.ways) = (calls, ways)
        self.state = StateKeeper(state)
        // A lease is an epoch's, and a secret.
        epoch = SHA256.hexDigest(of: Array(lease.utf8))
        turns = ToolTurns(epoch: epoch)
    }

    private let epoch: String
    private var prefix: String { "mcp:\(name):" }

    /// Asks what this epoch was given already.
    func load(_ connection: BlockingConnection) throws {
        let kept = try connection.call("state.list") { $0.member("run", run) }["state"]
        for member in kept?.members ?? [] where member.key.hasPrefix(prefix) {
            turns.load(String(member.key.dropFirst(prefix.count)), kept: member.value)
        }
    }

    // MARK: Lines of the client

    func take(fromClient line: [UInt8]) throws {
        switch ToolMessage(line) {
        case .call(let call) where asked.insert(RequestName(call.id)).inserted: try begin(call, line)
        case .call(let call):
            let text = "sidestep mcp: a call with this id has no answer yet"
            ways.toClient(ToolCall.refusal(of: call.id, code: -32600, text))
        case .list(let id):
            lists.insert(RequestName(id))
            ways.toServer(line)
        case .batch(let ids):
            for id in ids {
                let text = "sidestep mcp records no calls of tools in batches; send each by itself"
                ways.toClient(ToolCall.refusal(of: id, code: -32600, text))
            }
        default: ways.toServer(line)
        }
    }

    private func begin(_ call: ToolCall, _ line: [UInt8]) throws {
        let turn = turns.next(call.key)
        let plain = "\(prefix)\(call.tool.prefix(200)):\(call.key)" + (turn > 1 ? "#\(turn)" : "")
        let around = Context.value("SIDESTEP_STEP").map { "\($0)/" } ?? ""
        beginning += 1
        try begin(Step(call: call, line: line, turn: turn, name: StepNames.shortened(around + plain)))
    }

    private func begin(_ step: Step) throws {
        try calls.send("step.begin") { writer in
            writer.member("lease", lease)
            writer.member("step", step.name)
            if !isRepeatable(step.call.tool) { writer.member("at_most_once", true) }
        } _: { [unowned self] outcome in
            do {
                let begun = try outcome.get()
                if begun["status"]?.string == "completed" {
                    state.replayed(step.call)
                    try give(step, step.call.answer(begun["output"] ?? .null))
                } else {
                    try execute(step)
                }
            } catch let error as SidestepError {
                try refuse(step, error)
            }
        }
    }

    private func isRepeatable(_ tool: String) -> Bool { inDoubt == .retry || tools.contains(tool) }

    private func execute(_ step: Step) throws {
        switch state.next() {
        case .forward: forward(step)
        case .rebuild(let again):
            state.wait { [unowned self] in forward(step) }
            again.map(ways.toServer)
        case .refuse:
            try fail(
                step,
                step.call.answer(
                    failure: "sidestep: the server lacks what earlier calls did to it: those were replayed"))
            beginning -= 1
        }
    }

    private func forward(_ step: Step) {
        beginning -= 1
        running[RequestName(step.call.id)] = step
        ways.toServer(step.line)
    }

    // MARK: Lines of the server

    func take(fromServer line: [UInt8]) throws {
        let message = ToolMessage(line)
        if case .loss(let id) = message, let step = running.removeValue(forKey: RequestName(id)) {
            return try lose(step, line)
        }
        guard case .answer(let id, let result) = message else { return ways.toClient(line) }
        if let next = state.rebuilt(id) { return next.map(ways.toServer) ?? state.flush() }
        let name = RequestName(id)
        if lists.remove(name) != nil, let result { tools.note(result) }
        guard let step = running.removeValue(forKey: name) else { return ways.toClient(line) }
        if let result { try complete(step, result, line) } else { try fail(step, line) }
    }

    private func complete(_ step: Step, _ result: RawJSON, _ line: [UInt8]) throws {
        try calls.send("step.complete") { writer in
            writer.member("lease", lease)
            writer.member("step", step.name)
            writer.member("output", result)
        } _: { [unowned self] outcome in
            do {
                _ = try outcome.get()
            } catch let error as SidestepError where error.kind == .payloadTooLarge {
                return try unrecordable(step, error)
            } catch let error as SidestepError {
                return answer(step, ToolCall.refusal(of: step.call.id, Self.text(error)))
            }
            // Sent after it and over the same connection, so that it is written after it.
            try keep(step, line)
        }
    }

    /// Nobody knows what became of the call: what holds for a wrapper that dies meanwhile holds here.
    private func lose(_ step: Step, _ line: [UInt8]) throws {
        if isRepeatable(step.call.tool) { return try fail(step, line) }
        try keep(step, step.call.answer(failure: "the outcome of the call is unknown; it was not repeated"))
    }

    /// The effect has happened, and every epoch is to be told the same of it.
    private func unrecordable(_ step: Step, _ error: SidestepError) throws {
        try calls.send("step.fail") { writer in
            writer.member("lease", lease)
            writer.member("step", step.name)
            writer.member("retryable", false)
            writer.object("error") { $0.member("message", "the result is too large to be recorded") }
        } _: { [unowned self] _ in
            try keep(
                step, step.call.answer(failure: "the tool was called, but \(error.message)"))
        }
    }

    /// The protocol's errors are no results: the next equal call, of this epoch or another, is the same step.
    private func fail(_ step: Step, _ line: [UInt8]) throws {
        turns.release(step.call.key, step.turn)
        try calls.send("step.fail") { writer in
            writer.member("lease", lease)
            writer.member("step", step.name)
            writer.object("error") { $0.member("message", "the server answered with an error") }
            writer.object("retry") { policy in
                policy.member("max_attempts", 1_000_000)
                policy.member("initial_ms", 0)
            }
        } _: { [unowned self] _ in
            answer(step, line)
        }
    }

    // MARK: What the client gets

    private func answer(_ step: Step, _ line: [UInt8]) {
        asked.remove(RequestName(step.call.id))
        ways.toClient(line)
    }

    /// Gives a result that was recorded before.
    private func give(_ step: Step, _ line: [UInt8]) throws {
        beginning -= 1
        try keep(step, line)
    }

    private func keep(_ step: Step, _ line: [UInt8]) throws {
        let value = turns.given(step.call.key, step.turn)
        try calls.send("state.set") { writer in
            writer.member("lease", lease)
            writer.member("name", prefix + step.call.key)
            writer.member("value", value)
        } _: { [unowned self] _ in
            answer(step, line)
        }
    }

    private func refuse(_ step: Step, _ error: SidestepError) throws {
        switch error.kind {
        case .stepUnknown where isRepeatable(step.call.tool): try again(step)
        case .stepUnknown where inDoubt == .pause: try pause(step)
        case .stepUnknown:
            let text = "the outcome of an earlier call is unknown; it was not repeated"
            try give(step, step.call.answer(failure: text))
        case .stepFailed:
            let text = error.failure?["message"]?.string ?? error.message
            try give(step, step.call.answer(failure: text))
        default:
            beginning -= 1
            turns.release(step.call.key, step.turn)
            answer(step, ToolCall.refusal(of: step.call.id, Self.text(error)))
        }
    }

    private func again(_ step: Step) throws {
        try calls.send("step.resolve") { writer in
            writer.member("run", run)
            writer.member("step", step.name)
            writer.member("as", "rerun")
        } _: { [unowned self] _ in
            try begin(step)
        }
    }

    private func pause(_ step: Step) throws {
        beginning -= 1
        try calls.send("run.release") {
            $0.member("lease", lease)
        } _: { [unowned self] _ in
            let text = "the outcome of an earlier call is unknown; the run is paused until `\(hint(step))`"
            answer(step, ToolCall.refusal(of: step.call.id, text))
        }
    }

    private func hint(_ step: Step) -> String { "sidestep resolve \(run) '\(step.name)' …" }

    private static func text(_ error: SidestepError) -> String {
        "sidestep: \(error.message) [\(error.kind)]"
    }
}
