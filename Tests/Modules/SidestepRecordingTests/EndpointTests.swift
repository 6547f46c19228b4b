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
            #expect(Endpoint.classify(method: method, path: "/v1/files/f/content").treatment == .pass)
        }
        for method in ["PUT", "PATCH", "DELETE"] {
            #expect(Endpoint.classify(method: method, path: "/v1/files/f").treatment == .record)
        }
        #expect(Endpoint.classify(method: "POST", path: "/v1/responses/r/cancel").treatment == .pass)
    }

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
