import SidestepModel

extension MethodTable {
    /// The methods about saved agent state.
    static let checkpointMethods: [Method] =
        [checkpointSave, checkpointGet, checkpointList, checkpointMessages, checkpointDelete]

    private static let checkpointSave = Method(
        "checkpoint", .checkpoint, .lease, "Saves agent state; only what is new is written.",
        parameters: [
            .may("step_number", .integer(.min ... .max), "a number to note with it"),
            .may("state", .payload, "the state"),
            .may("messages", .messages, "the message history", default: "as it is"),
            .may("tool_results", .payload, "results of tools"),
            .may("metadata", .payload, "anything its author wants to note"),
            .may("name", .name, "what to call it"),
            .may("resume_token", .opaque, "a token minted by the client, of 22 characters at least"),
        ],
        result: [
            .must("checkpoint", .name, "its id"),
            .must("resume_token", .opaque, "who holds it may resume from here"),
            .must("sequence", .sequence, "its number: it grows with every checkpoint of the daemon"),
            .must("message_count", .count, "messages in its history"),
            .must("new_bytes", .integer(0 ... .max), "bytes that were new"),
        ],
        errors: [.invalidArgument],
        example: Example(
            #"{"step_number":7,"state":{"topic":"tides"},"messages":{"keep":13,"append":[{"role":"user"}]}}"#,
            #"{"checkpoint":"01JGXZ5W4A","resume_token":"x1Jq0V7cQm3Yt8ZrLk2WbA","sequence":7,"#
                + #""message_count":14,"new_bytes":412}"#),
        waitsForCommit: true)

    private static let which: [Parameter] = [
        .may("checkpoint", .name, "its id"),
        .may("run", .name, "the run; alone it means its latest checkpoint"),
    ]

    private static let checkpointGet = Method(
        "checkpoint.get", .checkpoint, .visible, "Returns one checkpoint.",
        parameters: which + [
            .may("name", .name, "the latest of this name in the run"),
            .may("token", .opaque, "a resume token"),
        ],
        result: ParameterType.checkpointMembers, errors: [.runNotFound, .checkpointNotFound, .tokenInvalid],
        example: Example(#"{"run":"research-1"}"#, ExampleText.checkpoint))

    private static let checkpointList = Method(
        "checkpoint.list", .checkpoint, .visible,
        "Lists the checkpoints of a run, the newest first, without their state.",
        parameters: [
            aRun,
            .may("limit", .page, "checkpoints on a page", default: 100),
            .may("cursor", .opaque, "`more` of the page before"),
        ],
        result: [
            .must("checkpoints", .array(.checkpoint), "the checkpoints"),
            .may("more", .opaque, "the cursor of the next page"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1"}"#, #"{"checkpoints":[\#(ExampleText.checkpoint)],"more":null}"#))

    private static let checkpointMessages = Method(
        "checkpoint.messages", .checkpoint, .visible,
        "Returns a range of the message history of a checkpoint.",
        parameters: which + [
            .may("from", .count, "the first message, counted from 0", default: 0),
            .may("count", .count, "how many"),
            .may("last", .count, "only this many, counted from the end"),
            .may("max_bytes", .bytes, "about how large the messages may be together"),
        ],
        result: [
            .must("messages", .array(.payload), "the messages"),
            .must("from", .count, "the place of the first one"),
            .must("total", .count, "messages in the history"),
            .may("more", .count, "`from` of the next page"),
        ],
        errors: [.runNotFound, .checkpointNotFound],
        example: Example(
            #"{"run":"research-1","last":1}"#,
            #"{"messages":[{"role":"user"}],"from":13,"total":14,"more":null}"#))

    private static let checkpointDelete = Method(
        "checkpoint.delete", .checkpoint, .visible,
        "Deletes checkpoints of a run: one, those before a sequence, or all.",
        parameters: [
            aRun,
            .may("before", .sequence, "only those before this sequence; 0 means none"),
            .may("checkpoint", .name, "only this one"),
        ],
        result: [.must("deleted", .count, "how many there were")], errors: [.runNotFound],
        example: Example(#"{"run":"research-1","before":5}"#, #"{"deleted":4}"#), waitsForCommit: true,
        space: .frees)
}
