extension Method {
    /// Whether calling it changes nothing: no run, no file, nothing that somebody else could notice.
    ///
    /// The one place that says so. What is not named here counts as writing, so a new method is refused to who may only
    /// look until somebody has thought about it.
    public var onlyReads: Bool { Self.reading.contains(name) }

    /// Whether it is about the connection that it comes by: what it grants or ends is that connection's.
    public var isOfConnection: Bool { Self.ofConnections.contains(name) }

    static let reading: Set<String> = [
        "ping", "hello", "rpc.discover",
        "run.get", "run.list", "run.result", "run.history", "run.explain", "run.timeline", "run.usage",
        "run.diff",
        "run.export", "view.list",
        "run.watch", "run.unwatch", "rpc.cancel",
        "step.get", "step.list", "step.inflight", "lease.get",
        "checkpoint.get", "checkpoint.list", "checkpoint.messages",
        "state.get", "state.wait", "state.list", "signal.list", "promise.list", "timer.list",
        "queue.get", "queue.list", "worker.list", "limit.list", "breaker.list", "budget.get",
        "schedule.get", "schedule.list", "stream.read", "stream.list", "artifact.get", "artifact.list",
        "event.list", "webhook.list", "webhook.deliveries", "retention.list",
        "system.info", "system.acts", "system.check", "system.metrics", "system.stats", "system.usage",
        "conversation.read", "conversation.entry", "conversation.list",
        "graph.get", "graph.list", "graph.delta_history",
        "memory.get", "memory.search", "memory.namespaces",
        "recording.list", "recording.get", "recording.diff",
    ]

    static let ofConnections: Set<String> = [
        "resume", "worker.claim", "run.watch", "run.unwatch", "rpc.cancel",
    ]
}
