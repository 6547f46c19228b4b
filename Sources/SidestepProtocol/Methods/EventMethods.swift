import SidestepModel

extension MethodTable {
    /// The methods about facts announced to others.
    static let eventMethods: [Method] = [eventEmit, eventList]

    private static let eventEmit = Method(
        "event.emit", .event, .open, "Announces a fact to whoever listens, once for each `event_id`.",
        parameters: [
            .must("event", .name, "its name, for example order.paid; names in `run.` are the daemon's"),
            .may("value", .payload, "what there is to say"),
            .may("run", .name, "the run it belongs to"),
            .may("lease", .opaque, "the lease of that run: then only its owner can announce it"),
            .may("event_id", .name, "the sender's name of it: sent again, it is announced no second time"),
        ],
        result: [
            .must("sequence", .sequence, "its place: events are listed after it"),
            .must("duplicate", .boolean, "whether it had been announced before"),
        ],
        errors: [.runNotFound, .leaseLost, .invalidArgument],
        example: Example(
            #"{"event":"order.paid","value":{"order":17},"event_id":"order-17"}"#,
            #"{"sequence":4711,"duplicate":false}"#), waitsForCommit: true)

    private static let eventList = Method(
        "event.list", .event, .open, "Lists events, the oldest first, and waits for one when asked to.",
        parameters: [
            .may("event", .name, "only this name; with a * at its end, names that begin so"),
            .may("run", .name, "only those of this run"),
            .may("after", .sequence, "the sequence after which to begin", default: 0),
            .may("limit", .page, "events on a page", default: 100),
            .may("wait_ms", .span, "the longest time to wait for one", default: 0),
        ],
        result: [
            .must("events", .array(.event), "the events"),
            .may("more", .sequence, "the sequence to give as `after` for the next page"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"event":"order.*","after":4000}"#,
            #"{"events":[{"sequence":4711,"event":"order.paid","value":{"order":17},"event_id":"order-17","#
                + #""at":1767225600000}],"more":null}"#), mayWait: true)
}

extension ParameterType {
    static let event = ParameterType.shared(
        "event",
        .object([
            .must("sequence", .sequence, "its place"),
            .must("event", .name, "its name"),
            .may("value", .payload, "what there is to say"),
            .may("run", .name, "the run it belongs to"),
            .may("event_id", .name, "the sender's name of it"),
            .must("at", .instant, "when it was announced"),
        ]))
}
