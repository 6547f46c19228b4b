import SidestepProtocol
import SidestepRecording

/// What replayed calls did not do to the server, and what is done about it.
struct StateKeeper {
    /// What happens before a call is live.
    enum Next {
        case forward
        /// This line first, if it is not on its way already; the call waits.
        case rebuild([UInt8]?)
        case refuse
    }

    private let policy: ServerState
    private var hasReplayed = false
    /// Calls to be made again, in their order.
    private var missing: [ToolCall] = []
    private var count = 0
    /// The id of the one that the server is working on.
    private var current: String?
    private var waiting: [() -> Void] = []

    init(_ policy: ServerState) { self.policy = policy }

    /// A call was answered from the journal.
    mutating func replayed(_ call: ToolCall) {
        hasReplayed = true
        if case .rebuild(let tools) = policy, tools.contains(call.tool) { missing.append(call) }
    }

    mutating func next() -> Next {
        if case .refuse = policy, hasReplayed { return .refuse }
        if current != nil { return .rebuild(nil) }
        return pop().map(Next.rebuild) ?? .forward
    }

    /// A call waits until all is made again.
    mutating func wait(_ body: @escaping () -> Void) { waiting.append(body) }

    /// Nil when the answer is none of ours; else the next line, or nil when all is done.
    mutating func rebuilt(_ id: RawJSON) -> [UInt8]?? {
        guard let current, id.string == current else { return nil }
        self.current = nil
        return .some(pop())
    }

    /// Lets the calls go that waited.
    mutating func flush() {
        let all = waiting
        waiting = []
        for body in all { body() }
    }

    private mutating func pop() -> [UInt8]? {
        guard !missing.isEmpty else { return nil }
        let call = missing.removeFirst()
        count += 1
        let id = "sidestep-rebuild-\(count)"
        current = id
        return call.request(id: id)
    }
}
