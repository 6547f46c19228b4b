import SidestepModel

extension MethodTable {
    /// The methods by which a connection is told what happens.
    static let watchMethods: [Method] = [runWatch, runUnwatch]

    private static let runWatch = Method(
        "run.watch", .run, .open,
        "Tells this connection of every entry of journals, as notifications `run.event`, until it ends.",
        parameters: [
            .may("run", .name, "only this run"),
            .may("workflow", .name, "only runs of this workflow"),
            .may("tag", .stringMap(nullable: false, atMost: .tags), "only runs with all these tags"),
            .may("after", .sequence, "begin behind this sequence; 0 with what is there", default: "now"),
        ],
        result: [
            .must("watch", .name, "what the notifications are marked with"),
            .must("sequence", .sequence, "the sequence behind which the notifications begin"),
        ],
        errors: [.runNotFound, .limitExceeded],
        example: Example(#"{"run":"research-1","after":0}"#, #"{"watch":"w1","sequence":0}"#))

    private static let runUnwatch = Method(
        "run.unwatch", .run, .open, "Ends a watch of this connection.",
        parameters: [.must("watch", .name, "the watch")],
        result: [.must("ended", .boolean, "whether there was one")],
        example: Example(#"{"watch":"w1"}"#, #"{"ended":true}"#))
}
