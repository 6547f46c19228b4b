import SidestepModel

extension MethodTable {
    /// The methods about growing lists of values.
    static let streamMethods: [Method] = [streamAppend, streamRead, streamClose, streamList]

    private static let aStream = Parameter.must("stream", .name, "the name of the stream")

    private static let streamAppend = Method(
        "stream.append", .stream, .lease, "Adds items to a stream, opening it if need be.",
        parameters: [
            aStream, .must("items", .array(.payload, atMost: .items), "the items"),
            .may(
                "from", .sequence, "the index of the first item: sent again, the call adds nothing twice",
                default: "the end"),
        ],
        result: [aStream, .must("next", .sequence, "the index of the item to come")],
        errors: [.invalidArgument],
        example: Example(
            #"{"stream":"answer","items":["The ","tide"],"from":0}"#, #"{"stream":"answer","next":2}"#),
        waitsForCommit: true)

    private static let streamRead = Method(
        "stream.read", .stream, .visible,
        "Returns items of a stream from an index on, and waits for some when asked to.",
        parameters: [
            aRun, aStream, .may("from", .sequence, "the index to begin at", default: 0),
            .may("limit", .page, "items in the reply", default: 1000),
            .may("max_bytes", .bytes, "about how large the items may be together"),
            .may("wait_ms", .span, "the longest time to wait for an item", default: 0),
        ],
        result: [
            .must("items", .array(.payload), "the items"),
            .must("from", .sequence, "the index of the first one"),
            .must("next", .sequence, "the index to go on from"),
            .must("closed", .boolean, "whether nothing follows: the stream, or its run, is closed"),
            .may("final", .payload, "what a closed stream came to"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1","stream":"answer","from":1,"wait_ms":30000}"#,
            #"{"items":["tide"],"from":1,"next":2,"closed":false}"#), mayWait: true)

    private static let streamClose = Method(
        "stream.close", .stream, .lease, "Ends a stream; nothing follows.",
        parameters: [
            aStream, .may("final", .payload, "what the stream came to"),
            .may("compact", .boolean, "whether the items are dropped in favour of `final`", default: false),
        ],
        result: [aStream, .must("next", .sequence, "the number of items there were")],
        errors: [.invalidArgument],
        example: Example(
            #"{"stream":"answer","final":"The tide","compact":true}"#, #"{"stream":"answer","next":2}"#),
        waitsForCommit: true)

    private static let streamList = Method(
        "stream.list", .stream, .visible, "Lists the streams of a run.", parameters: [aRun],
        result: [.must("streams", .array(.stream), "the streams, in the order in which they were opened")],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1"}"#,
            #"{"streams":[{"stream":"answer","next":2,"closed":false,"compacted":false,"opened_at":1767225600000}]}"#
        ))
}

extension ParameterType {
    static let stream = ParameterType.shared(
        "stream",
        .object([
            .must("stream", .name, "its name"),
            .must("next", .sequence, "the number of items there were"),
            .must("closed", .boolean, "whether nothing follows"),
            .must("compacted", .boolean, "whether its items were dropped"),
            .must("opened_at", .instant, "when it was opened"),
            .may("closed_at", .instant, "when it was closed"),
        ]))
}
