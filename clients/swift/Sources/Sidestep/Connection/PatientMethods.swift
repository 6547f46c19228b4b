import SidestepProtocol

/// The calls whose answers may take as long as the world outside does.
enum PatientMethods {
    /// Those that take `wait_ms`, and the begin of a step, which waits for room in a limit.
    static let all: Set<String> = granting.union(roaming)

    /// Whose answers take as long as the database is large.
    static let long: Set<String> = ["system.backup", "system.check", "system.vacuum"]

    /// Whose grant belongs to the connection that asked for it.
    private static let granting: Set<String> = ["resume", "worker.claim"]

    /// Which say whose they are and may be made on any connection.
    static let roaming: Set<String> = [
        "event.list", "promise.wait", "run-step", "run.result", "signal.wait", "step.begin", "stream.read",
        "wait.first",
    ]
}
