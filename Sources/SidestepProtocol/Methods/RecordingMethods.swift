import SidestepModel

extension MethodTable {
    /// The methods about calls that a recorder sends for a run's program and writes down.
    static let recordingMethods: [Method] = recordingWriting + recordingReading

    private static let recordingWriting: [Method] = [
        recordingOpen, recordingBegin, recordingComplete, recordingFail,
    ]

    static let aRecording = Parameter.must("recording", .recordingNumber, "its number in the run")
    static let theRecording = Parameter.must("recording", .recording, "the recording as it is now")

    private static let recordingOpen = Method(
        "recording.open", .recording, .lease,
        "Takes a run up as its recorder; what another one has under way is in doubt from then on.",
        parameters: [
            aRecorder,
            .may(
                "retain_ms", .span, "how long after the run's end bodies of requests and answers are kept",
                default: "as long as the run"),
            .may(
                "forget_on_success", .boolean, "whether they are deleted when the run completes",
                default: false),
        ],
        result: [
            .must("key", .base64, "32 bytes in base64, by which requests are known again"),
            .must("run", .name, "the id of the run"),
            .must("generation", .count, "the generation that is recorded"),
            .must("epoch", .count, "the number of the last lease"),
        ],
        example: Example(
            #"{"recorder":"rec-8c1f"}"#,
            #"{"key":"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=","run":"research-1","generation":1,"epoch":3}"#
        ),
        waitsForCommit: true, space: .records)

    private static let aRecorder = Parameter.must(
        "recorder", .name, "a random text, one for each process that records")
    private static let aCall = Parameter.must(
        "call", .name, "a random text, one for each call; only who knows it may end the recording")

    private static let recordingBegin = Method(
        "recording.begin", .recording, .lease,
        "Writes a call down before it is sent, if the budget covers it.",
        parameters: [
            aRecorder, aCall,
            .must("upstream", .name, "the service that is called"),
            .must("http_method", .name, "GET, POST and the like"),
            .must("path", .text, "its path, with the query that counts"),
            .must(
                "keys", .strings(atMost: .recordingKeys, areUnique: false),
                "by what it is known again, the strictest first; at least one"),
            .may("model", .name, "the model that is asked"),
            .may("stream", .boolean, "whether the answer comes in parts", default: false),
            .may(
                "tool_refs", .strings(atMost: .recordingTools, areUnique: false),
                "ids of tool calls in the request"),
            .may(
                "sealed", .name,
                "by what its bodies are encrypted, in its recorder's words; the daemon gets them as bytes",
                default: "they are not"),
            .may("reserve", .reserve, "what it sets aside of the run's budget", default: "one call"),
            .may("request", .recordedRequest, "its body", default: "none is kept"),
        ],
        result: [aRecording], errors: [.budgetExhausted, .payloadTooLarge, .invalidArgument],
        example: Example(
            #"{"recorder":"rec-8c1f","call":"c-51aa","upstream":"openai","http_method":"POST","#
                + #""path":"/v1/chat/completions","keys":["k0","k1"],"model":"gpt-6","stream":true}"#,
            #"{"recording":1}"#),
        waitsForCommit: true)

    private static let recordingComplete = Method(
        "recording.complete", .recording, .visible,
        "Records the answer of a call, which needs no lease: it may end when its run has another owner, or none.",
        parameters: [
            aRun, aRecording, aCall,
            .must("status", .httpStatus, "the status that HTTP has for it"),
            .may(
                "headers", .array(.array(.text, atMost: .headers), atMost: .headers),
                "pairs of a name and a value"),
            .may("content_type", .text, "what kind of bytes they are"),
        ] + bodyMembers + [
            .may("splits", .array(.offset, atMost: .recordingSplits), "where parts of it began, in bytes"),
            .may(
                "pauses", .array(.span, atMost: .recordingSplits),
                "before each part, the one before the first split too, from the request on"),
            .may(
                "tool_ids", .strings(atMost: .recordingTools, areUnique: false),
                "ids of tool calls in the answer"),
            .may("finish", .text, "why the model stopped"),
            .may("model", .name, "the model that answered", default: "the one that was asked"),
            .may("first_byte_ms", .span, "from the request to the first byte"),
            .may("duration_ms", .span, "from the request to the last byte"),
        ] + usedMembers,
        result: [theRecording], errors: [.runNotFound, .payloadTooLarge, .invalidArgument],
        example: Example(
            #"{"run":"research-1","recording":1,"call":"c-51aa","status":200,"content_type":"text/event-stream","#
                + #""text":"data: [DONE]\n\n","usage":{"input_tokens":900,"output_tokens":120}}"#,
            #"{"recording":\#(ExampleText.recording)}"#),
        waitsForCommit: true, isRepeatable: true, space: .records)

    private static let recordingFail = Method(
        "recording.fail", .recording, .visible,
        "Records that a call came to nothing that may be given again; this needs no lease either.",
        parameters: [
            aRun, aRecording, aCall,
            .must(
                "state", .enumeration(["failed", "cancelled", "in_doubt"]),
                "an error, nobody wanted it any more, or nobody knows"),
            .may("status", .httpStatus, "the status that HTTP has for it"),
            .may("message", .text, "a sentence on what happened"),
        ] + usedMembers,
        result: [theRecording], errors: [.runNotFound, .invalidArgument],
        example: Example(
            #"{"run":"research-1","recording":1,"call":"c-51aa","state":"failed","status":529}"#,
            #"{"recording":\#(ExampleText.recording)}"#),
        waitsForCommit: true, isRepeatable: true, space: .records)

    private static let usedMembers: [Parameter] = [
        .may("usage", .usage, "what it consumed", default: "what was set aside; of a failure, one call"),
        .may(
            "usage_source", .usageSource, "who says so",
            default: "`reported` with a usage, else `estimated`; of a failure, `none`"),
        .may("tries", .count, "how often it was sent"),
    ]

    /// A body: text, or bytes that are none.
    static let bodyMembers: [Parameter] = [
        .may("text", .base64, "the body, if it is UTF-8 without NUL"),
        .may("base64", .base64, "the body in base64, if it is not"),
    ]
}

extension ParameterType {
    static let recordingNumber = ParameterType.integer(1...1_000_000_000)
    static let recordingState = ParameterType.enumeration(RecordingState.allCases.map(\.rawValue))
    static let usageSource = ParameterType.enumeration(UsageSource.allCases.map(\.rawValue))
    static let httpStatus = ParameterType.integer(100...999)
    /// A place in a body.
    static let offset = ParameterType.integer(0...1_000_000_000)

    static let recordedRequest = ParameterType.shared(
        "recorded_request",
        .object(
            MethodTable.bodyMembers + [
                .may(
                    "cuts", .array(.offset, atMost: .recordingCuts),
                    "where its pieces begin, ascending: each is kept once"),
                .may("base", .recordingNumber, "the recording whose request begins with the same pieces"),
            ]))

    static let recordedResponse = ParameterType.shared(
        "recorded_response",
        .object(
            [
                .must("status", .httpStatus, "the status that HTTP has for it"),
                .may("headers", .array(.array(.text)), "pairs of a name and a value"),
                .may("content_type", .text, "what kind of bytes they are"),
            ] + MethodTable.bodyMembers + [
                .may("splits", .array(.offset), "where parts of it began, in bytes"),
                .may("pauses", .array(.span), "before each part, from the request on, where that is known"),
            ]))

    static let forkedResponse = ParameterType.shared(
        "forked_response",
        .object(
            [
                .may("status", .httpStatus, "the status that HTTP has for it", default: "as it was"),
                .may(
                    "headers", .array(.array(.text, atMost: .headers), atMost: .headers),
                    "pairs of a name and a value", default: "as they were"),
                .may("content_type", .text, "what kind of bytes they are", default: "as it was"),
            ] + MethodTable.bodyMembers + [
                .may(
                    "splits", .array(.offset, atMost: .recordingSplits), "where parts of it begin, in bytes"),
                .may(
                    "tool_ids", .strings(atMost: .recordingTools, areUnique: false),
                    "ids of tool calls in it", default: "as they were"),
            ]))

    static let recording = ParameterType.shared("recording", .object(recordingMembers))

    private static let recordingMembers: [Parameter] = [
        .must("recording", .recordingNumber, "its number in the run"),
        .must("generation", .count, "the generation of the run"),
        .must("epoch", .count, "the lease under which it began"),
        .must("state", .recordingState, "what became of it"),
        .must("upstream", .name, "the service that was called"),
        .must("http_method", .name, "GET, POST and the like"),
        .must("path", .text, "its path"),
        .must("keys", .strings(), "by what it is known again"),
        .may("sealed", .name, "by what its bodies are encrypted, in its recorder's words"),
        .may("model", .name, "the model"),
        .must("stream", .boolean, "whether the answer came in parts"),
        .may("tool_refs", .strings(), "ids of tool calls in the request"),
        .may("tool_ids", .strings(), "ids of tool calls in the answer"),
        .may("status", .httpStatus, "the status that HTTP has for it"),
        .may("content_type", .text, "what kind of bytes came back"),
        .may("response_bytes", .count, "how many bytes came back"),
        .may("request_bytes", .count, "how many were sent, if they were kept"),
        .may("usage", .usage, "what it consumed"),
        .may("usage_source", .usageSource, "who says so"),
        .may("finish", .text, "why the model stopped"),
        .must("tries", .count, "how often it was sent"),
        .may("message", .text, "a sentence on what happened"),
        .may("superseded_by", .recordingNumber, "the recording that took its place"),
        .must("started_at", .instant, "when it began"),
        .may("first_byte_ms", .span, "from the request to the first byte"),
        .may("duration_ms", .span, "from the request to the last byte"),
        .may("completed_at", .instant, "when it ended"),
        .may(
            "forgotten_at", .instant, "when its bodies were deleted, and the keys that it was known again by"),
    ]
}
