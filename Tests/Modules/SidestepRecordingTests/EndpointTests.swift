import SidestepRecording
import Testing

@Suite("An endpoint")
struct EndpointTests {
    @Test(
        "is known by the end of its path, whatever stands before",
        arguments: [
            ("/v1/chat/completions", .chat), ("/openai/deployments/x/chat/completions?api-version=1", .chat),
            ("/v1/completions", .completions), ("/v1/responses", .responses),
            ("/v1/responses/compact", .responses), ("/v1/messages", .messages),
            ("/v1/messages?beta=true", .messages),
            ("/v1/messages/count_tokens", .countTokens), ("/v1/responses/input_tokens", .countTokens),
            ("/v1beta/models/gemini-3:generateContent", .gemini),
            ("/v1beta/models/gemini-3:streamGenerateContent?alt=sse", .gemini),
            ("/v1beta/models/gemini-3:countTokens", .countTokens),
            ("/v1beta/models/e:batchEmbedContents", .embeddings), ("/v1beta/interactions", .interactions),
            ("/v1/embeddings", .embeddings), ("/v1/images/generations", .images),
            ("/v1/audio/speech", .audio), ("/v1/moderations", .moderations), ("/v2/rerank", .rerank),
            ("/v1/files", .files), ("/v1/files/f-1", .files), ("/v1/batches/b/cancel", .files),
            ("/v1/messages/batches", .files), ("/v1/vector_stores/v/files", .files), ("/v1/else", .opaque),
            ("/", .opaque), ("", .opaque),
        ] as [(String, API)])
    func apis(path: String, api: API) {
        let endpoint = Endpoint.classify(method: "POST", path: path)
        #expect(endpoint.api == api)
        #expect(endpoint.treatment == .record)
    }

    @Test("is passed on when it only reads, and recorded when it changes something")
    func methods() {
        for method in ["GET", "HEAD", "OPTIONS"] {
            #expect(Endpoint.classify(method: method, path: "/v1/files/f").treatment == .pass)
        }
        for method in ["PUT", "PATCH", "DELETE"] {
            #expect(Endpoint.classify(method: method, path: "/v1/files/f").treatment == .record)
        }
        #expect(Endpoint.classify(method: "POST", path: "/v1/responses/r/cancel").treatment == .pass)
    }

    @Test(
        "is looked at when it reads what becomes final",
        arguments: [
            ("/v1/responses/resp_1", .response),
            ("/v1/responses/resp_1?stream=true&starting_after=9", .response),
            ("/v1beta/interactions/i1?stream=false", .interaction), ("/v1/batches/b1", .batch),
            ("/v1/messages/batches/b1", .batch), ("/v1beta/batches/b1", .batch),
            ("/v1/messages/batches/b1/results", .content), ("/v1/files/f1/content", .content),
            ("/v1beta/files/f1:download?alt=media", .content),
        ] as [(String, FinalRead)])
    func reads(path: String, read: FinalRead) {
        #expect(Endpoint.classify(method: "GET", path: path).treatment == .read(read))
        #expect(Endpoint.classify(method: "HEAD", path: path).treatment == .pass)
    }

    @Test(
        "is passed on when it lists, or reads what may change",
        arguments: [
            "/v1/responses", "/v1/responses/r/input_items", "/v1/batches", "/v1/files", "/v1/files/f",
            "/v1/models/m", "/v1/vector_stores/v/file_batches/b", "/v1/conversations/c/items",
        ])
    func lists(path: String) { #expect(Endpoint.classify(method: "GET", path: path).treatment == .pass) }

    @Test("speaks WebSocket for Responses only")
    func upgrades() {
        #expect(Endpoint.classify(method: "GET", path: "/v1/responses", isUpgrade: true).treatment == .record)
        #expect(
            Endpoint.classify(method: "GET", path: "/v1/realtime?model=x", isUpgrade: true).treatment
                == .refuse)
    }

    @Test("that nobody knows is treated as the user says", arguments: Endpoint.Unknown.allCases)
    func unknown(policy: Endpoint.Unknown) {
        let endpoint = Endpoint.classify(method: "POST", path: "/v9/new", unknown: policy)
        #expect("\(endpoint.treatment)" == policy.rawValue)
    }
}

@Suite("What a provider makes in its own time")
struct FinalReadTests {
    @Test(
        "is final when it has ended and has not failed",
        arguments: [
            (.response, #"{"status":"completed"}"#, true), (.response, #"{"status":"incomplete"}"#, true),
            (.response, #"{"status":"queued"}"#, false), (.response, #"{"status":"in_progress"}"#, false),
            (.response, #"{"status":"failed"}"#, false), (.response, #"{"status":"cancelled"}"#, false),
            (.response, "[]", false), (.response, "", false),
            (.interaction, #"{"status":"completed"}"#, true),
            (.interaction, #"{"status":"in_progress"}"#, false),
            (.interaction, #"{"status":"queued"}"#, false),
            (.interaction, #"{"status":"failed"}"#, false),
            (.interaction, #"{"status":"requires_action"}"#, true),
            (.interaction, #"{"status":"requires_continuation"}"#, true),
            (.interaction, #"{"status":"budget_exceeded"}"#, true),
            (.batch, #"{"status":"completed"}"#, true), (.batch, #"{"status":"expired"}"#, true),
            (.batch, #"{"status":"cancelled"}"#, true), (.batch, #"{"status":"cancelling"}"#, false),
            (.batch, #"{"status":"finalizing"}"#, false), (.batch, #"{"status":"failed"}"#, false),
            (.batch, #"{"processing_status":"ended"}"#, true),
            (.batch, #"{"processing_status":"canceling"}"#, false),
            (.batch, #"{"done":true,"response":{}}"#, true),
            (.batch, #"{"done":true,"error":{"code":3}}"#, false),
            (.batch, #"{"name":"batches/b","metadata":{"state":"BATCH_STATE_RUNNING"}}"#, false),
            (.content, "anything", true), (.content, "", true),
        ] as [(FinalRead, String, Bool)])
    func ends(read: FinalRead, body: String, isFinal: Bool) {
        #expect(read.isFinal(Array(body.utf8), isStream: false) == isFinal)
    }

    @Test("is final in events when these have come to their end")
    func streams() { #expect(FinalRead.response.isFinal(Array("data: {}".utf8), isStream: true)) }
}

@Suite("An answer that is made in the background")
struct BackgroundReplyTests {
    private static let asked = #"{"background":true,"stream":true}"#

    private func isOne(
        _ body: String, _ target: String = "/v1/responses", api: API = .responses,
        by transport: RecordedRequest.Transport = .http
    ) -> Bool {
        BackgroundReply.answers(
            RecordedRequest(
                method: "POST", upstream: "o", target: target, headers: [], body: Array(body.utf8),
                transport: transport),
            api: api)
    }

    @Test("needs no word of a stream over a WebSocket")
    func frames() {
        #expect(isOne(#"{"type":"response.create","background":true}"#, by: .webSocket))
        #expect(!isOne(#"{"type":"response.create","background":false}"#, by: .webSocket))
    }

    @Test("comes in events, and to a call that asked for the background")
    func calls() {
        #expect(isOne(Self.asked))
        #expect(isOne(Self.asked, "/v1beta/interactions?alt=sse", api: .interactions))
        #expect(!isOne(Self.asked, "/v1/responses/compact"))
        #expect(!isOne(Self.asked, "/v1/chat/completions", api: .chat))
        for body in [#"{"background":true}"#, #"{"stream":true}"#, #"{"background":1,"stream":true}"#, "x"] {
            #expect(!isOne(body))
        }
    }

    @Test("is read by its id, with what else stands in the query")
    func targets() {
        func target(_ id: String, _ target: String) -> String? {
            BackgroundReply(recording: 1, id: id, nonce: "n").target(of: target)
        }
        #expect(target("resp_1", "/v1/responses") == "/v1/responses/resp_1?stream=true")
        #expect(
            target("a-1", "/v1beta/interactions?alt=sse&stream=false&key=k")
                == "/v1beta/interactions/a-1?alt=sse&key=k&stream=true")
        for id in ["", "..", "a/b", "a?b", "a%2fb", String(repeating: "x", count: 201)] {
            #expect(target(id, "/v1/responses") == nil)
        }
    }
}
