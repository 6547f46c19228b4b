import SidestepModel

extension MethodTable {
    /// Those that look at recordings, or change what is made of them.
    static let recordingReading: [Method] = [recordingList, recordingGet, recordingDiff, recordingReroll]

    private static let aGeneration = Parameter.may(
        "generation", .count, "which generation of the run", default: "the latest")

    private static let recordingList = Method(
        "recording.list", .recording, .visible,
        "Lists the recordings of a run in their order; those that a fork shares come first.",
        parameters: [
            aRun, aGeneration,
            .may("after", .integer(0...1_000_000_000), "the number after which to begin", default: 0),
            .may("limit", .page, "recordings on a page", default: 1000),
            .may("max_bytes", .bytes, "about how large a page may be"),
            .may("states", .array(.recordingState, atMost: .statuses), "only those in one of these states"),
        ],
        result: [
            .must("recordings", .array(.recording), "without what was sent and what came back"),
            .may("more", .recordingNumber, "the number to give as `after` for the next page"),
        ],
        errors: [.runNotFound],
        example: Example(
            #"{"run":"research-1","states":["completed"]}"#,
            #"{"recordings":[\#(ExampleText.recording)],"more":null}"#))

    private static let recordingGet = Method(
        "recording.get", .recording, .visible, "Returns a recording with what came back.",
        parameters: [
            aRun, aGeneration, aRecording,
            .may("request", .boolean, "whether to return what was sent as well", default: false),
        ],
        result: [
            theRecording, .may("response", .recordedResponse, "what came back, byte for byte"),
            .may("request", .object(bodyMembers), "what was sent, if it was kept"),
        ],
        errors: [.runNotFound, .invalidArgument],
        example: Example(
            #"{"run":"research-1","recording":1}"#,
            #"{"recording":\#(ExampleText.recording),"response":{"status":200,"#
                + #""content_type":"text/event-stream","text":"data: [DONE]\n\n"}}"#))

    private static let recordingDiff = Method(
        "recording.diff", .recording, .visible,
        "Says where the request of a recording differs from that of another one.",
        parameters: [
            aRun, aRecording,
            .may(
                "other", .recordingNumber, "the recording to compare it with",
                default:
                    "the one before it that went to the same path; in another run, that of the same number"),
            .may("against", .name, "the run that has the other one", default: "the same run"),
        ],
        result: [
            .must("other", .recordingNumber, "the recording that it was compared with"),
            .must("differences", .array(.requestDifference), "where they differ, the first hundred"),
        ],
        errors: [.runNotFound, .invalidArgument],
        example: Example(
            #"{"run":"research-1","recording":4}"#,
            #"{"other":2,"differences":[{"pointer":"/messages/0/content","offset":812,"before":"05:40:09","#
                + #""after":"05:41:02"}]}"#))

    private static let recordingReroll = Method(
        "recording.reroll", .recording, .visible,
        "Says that an answer is not to be given again: who asks the same gets a new one.",
        parameters: [
            aRun, aRecording,
            .may("superseded_by", .recordingNumber, "the recording that took its place, if there is one"),
        ],
        result: [theRecording], errors: [.runNotFound, .invalidArgument],
        example: Example(
            #"{"run":"research-1","recording":1}"#, #"{"recording":\#(ExampleText.recording)}"#),
        waitsForCommit: true, isRepeatable: true)
}

extension ParameterType {
    static let requestDifference = ParameterType.shared(
        "request_difference",
        .object([
            .must("pointer", .text, "the place, as a JSON pointer; empty for the whole"),
            .may("offset", .offset, "where the text differs, in bytes from its beginning"),
            .may("before", .text, "what the other one has there, cut around the difference"),
            .may("after", .text, "what this one has there"),
        ]))
}
