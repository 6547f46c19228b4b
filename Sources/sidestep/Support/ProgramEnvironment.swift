import Sidestep

/// What a program of a run finds in its environment.
extension Environment {
    /// What this process was given, without what tells of a step: a program is none.
    static var ofPrograms: Environment {
        var environment = current
        for name in ["SIDESTEP_STEP", "SIDESTEP_IDEMPOTENCY_KEY"] { environment.variables[name] = nil }
        return environment
    }

    /// Names the run that a program belongs to, and where its daemon is.
    ///
    /// - Parameter traceparent: the run's own span; nil leaves the place in a trace that is there.
    mutating func join(_ run: String, at socket: String, in traceparent: String? = nil) {
        if let traceparent { variables[TracePlace.variable] = traceparent }
        variables["SIDESTEP_RUN"] = run
        variables["SIDESTEP_SOCKET"] = socket
    }
}
