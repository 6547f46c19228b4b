/// How long the answer of a method may take, and where it may be called.
enum MethodKind: Sendable {
    /// The answer comes at once.
    case quick
    /// It takes as long as the database is large.
    case long
    /// It may take as long as the world outside does, and what is granted belongs to the connection that asked for it.
    case granting
    /// It may take as long, and the call says whose it is: it may be made on any connection.
    case roaming

    /// The kind of a method by its name.
    static func of(_ method: String) -> MethodKind { special[method] ?? .quick }

    /// Whether the answer may take as long as the world outside does: the methods that take `wait_ms`, and the begin of
    /// a step, which waits for room in a limit.
    var isPatient: Bool { self == .granting || self == .roaming }

    static let special: [String: MethodKind] = [
        "system.backup": .long, "system.check": .long, "system.vacuum": .long,
        "resume": .granting, "worker.claim": .granting,
        "event.list": .roaming, "promise.wait": .roaming, "run-step": .roaming, "run.result": .roaming,
        "signal.wait": .roaming, "state.wait": .roaming, "step.begin": .roaming, "stream.read": .roaming,
        "wait.first": .roaming,
    ]
}
