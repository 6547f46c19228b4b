import SidestepProtocol
import SidestepRecording
import Testing

@Suite("Usage that is asked for in a client's place")
struct UsageInjectionTests {
    private func injected(_ body: String, api: API = .chat) -> String? {
        UsageInjection().body(of: request(body), api: api).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "is a text that is put in; all other bytes stay",
        arguments: [
            (
                #" {"stream": true , "a":1e400}"#,
                #" {"stream_options":{"include_usage":true},"stream": true , "a":1e400}"#
            ),
            (
                #"{"stream":true,"stream_options":null}"#,
                #"{"stream":true,"stream_options":{"include_usage":true}}"#
            ),
            (
                #"{"stream_options":{ },"stream":true}"#,
                #"{"stream_options":{"include_usage":true },"stream":true}"#
            ),
            (
                #"{"stream_options":{"x":1},"stream":true}"#,
                #"{"stream_options":{"include_usage":true,"x":1},"stream":true}"#
            ),
        ])
    func put(body: String, expected: String) throws {
        #expect(injected(body) == expected)
        #expect(try RawJSON(parsing: Array(expected.utf8))["stream_options"]?["include_usage"]?.bool == true)
    }

    @Test(
        "is left alone where the client decides, where nothing streams and where it is no object",
        arguments: [
            #"{"stream":true,"stream_options":{"include_usage":false}}"#,
            #"{"stream":true,"stream_options":{"include_usage":true}}"#, #"{"stream":false}"#, "{}", "[]",
            "x",
            #"{"stream":true,"stream_options":7}"#,
        ])
    func left(body: String) { #expect(injected(body) == nil) }

    @Test("is for chat completions, and not for an upstream that refused it")
    func refused() {
        for api in API.allCases where api != .chat { #expect(injected(#"{"stream":true}"#, api: api) == nil) }
        var injection = UsageInjection()
        injection.refused(by: "vllm")
        #expect(injection.body(of: request(#"{"stream":true}"#, upstream: "vllm"), api: .chat) == nil)
        #expect(injection.body(of: request(#"{"stream":true}"#, upstream: "openai"), api: .chat) != nil)
    }
}

@Suite("A table of prices")
struct PriceTableTests {
    private let table = """
        # model  input output cached written
        gpt-5-mini   0.25 2
        gpt-5*   1.25 10 0.125   # the others
        local:*  0 0
        claude-*-5   3 15 0.30 3.75
        """

    @Test("gives the first line that fits, by model or by upstream and model")
    func lookup() throws {
        let prices = try PriceTable(parsing: table)
        #expect(prices.price(of: "gpt-5-mini", upstream: "o")?.input == 250_000)
        #expect(prices.price(of: "gpt-5.2", upstream: "o")?.cached == 125_000)
        #expect(prices.price(of: "any", upstream: "local")?.output == 0)
        #expect(prices.price(of: "claude-x-5", upstream: "a")?.cacheWritten == 3_750_000)
        #expect(prices.price(of: "claude-x-6", upstream: "a") == nil)
        #expect(prices.price(of: "GPT-5", upstream: "o") == nil)
    }

    @Test("counts in whole millionths, rounded up, and never past the largest number")
    func cost() throws {
        let prices = try PriceTable(parsing: table)
        let gpt = try #require(prices.price(of: "gpt-5", upstream: "o"))
        #expect(gpt.cost(of: ReplyUsage(input: 1_000_000, output: 1_000_000)) == 11_250_000)
        #expect(gpt.cost(of: ReplyUsage(input: 1000, output: 0, cached: 1000)) == 125)
        #expect(gpt.cost(of: ReplyUsage(input: 1, output: 0)) == 2)
        #expect(gpt.cost(of: ReplyUsage()) == 0)
        #expect(gpt.cost(of: ReplyUsage(input: .max, output: .max)) == Int64.max / 1_000_000 + 1)
        let claude = try #require(prices.price(of: "claude-opus-5", upstream: "a"))
        // 100 read, 50 from the cache and 10 to it.
        #expect(claude.cost(of: ReplyUsage(input: 160, output: 10, cached: 50, cacheWritten: 10)) == 503)
    }

    @Test(
        "says in which line it is none",
        arguments: [
            "m", "m 1", "m 1 2 3 4 5", "m x 2", "m -1 2", "m 1. 2", "m .5 2", "m 1.2345678 2", "m 1e3 2",
        ])
    func faults(line: String) {
        #expect { try PriceTable(parsing: "# one\na 1 2\n" + line) } throws: {
            ($0 as? PriceTable.Fault)?.line == 3
        }
    }

    @Test("has patterns with stars anywhere, also hostile ones")
    func globs() throws {
        let text = String(repeating: "a", count: 2000)
        let stars = String(repeating: "a*", count: 500) + "b"
        let prices = try PriceTable(parsing: "\(stars) 1 1\n*-x-* 2 2\n")
        #expect(prices.price(of: text, upstream: "u") == nil)
        #expect(prices.price(of: text + "b", upstream: "u")?.input == 1_000_000)
        #expect(prices.price(of: "m-x-y", upstream: "u")?.input == 2_000_000)
    }
}

@Suite("What is set aside for a call")
struct ReservationTests {
    private func reserve(
        _ body: String, _ mode: Reservation.Mode, api: API = .chat, prices: String? = nil,
        target: String = "/v1/chat/completions", unknown: Bool = false
    ) throws -> Reservation {
        try Reservation.of(
            request(body, target: target), api: api, mode: mode,
            prices: prices.map(PriceTable.init(parsing:)),
            allowsUnknownPrices: unknown)
    }

    @Test("is what it sends, or all that it can use")
    func modes() throws {
        let body = #"{"model":"m","max_tokens":100,"n":3}"#
        #expect(try reserve(body, .soft).input == Int64((body.utf8.count * 2 + 6) / 7))
        let hard = try reserve(body, .hard)
        #expect(hard.input == Int64(body.utf8.count) + 2048)
        #expect(hard.output == 300)
        #expect(hard.costMicros == nil)
    }

    @Test(
        "knows the limits of all providers",
        arguments: [
            (#"{"max_completion_tokens":5}"#, .chat, 5), (#"{"max_output_tokens":6}"#, .responses, 6),
            (#"{"max_tokens":7}"#, .messages, 7),
            (#"{"generationConfig":{"maxOutputTokens":8,"candidateCount":2}}"#, .gemini, 16),
            (#"{"generation_config":{"max_output_tokens":9}}"#, .interactions, 9), ("{}", .embeddings, 0),
            (#"{"max_tokens":9223372036854775807,"n":9}"#, .chat, Int64.max),
        ] as [(String, API, Int64)])
    func limits(body: String, api: API, output: Int64) throws {
        #expect(try reserve(body, .hard, api: api).output == output)
    }

    @Test("cannot be told of a request that says no limit, where all of it must be")
    func refused() {
        for body in ["{}", "x", #"{"max_tokens":-1}"#, #"{"max_tokens":"5"}"#] {
            #expect(throws: Reservation.Refusal.noOutputLimit) { try reserve(body, .hard) }
        }
    }

    @Test("has a price, or the call is not sent where there is a budget of money")
    func prices() throws {
        let body = #"{"model":"m","max_tokens":1000000}"#
        #expect(try reserve(body, .hard, prices: "m 0 2").costMicros == 2_000_000)
        #expect(throws: Reservation.Refusal.noPrice(model: "m")) { try reserve(body, .hard, prices: "n 1 2") }
        #expect(try reserve(body, .hard, prices: "n 1 2", unknown: true).costMicros == nil)
        #expect(throws: Reservation.Refusal.noPrice(model: "")) { try reserve("{}", .soft, prices: "n 1 2") }
        let gemini = try reserve(
            "{}", .soft, api: .gemini, prices: "gemini-* 7 7",
            target: "/v1beta/models/gemini-3:generateContent?x")
        #expect(gemini.costMicros == 7)
        #expect(try reserve("{}", .soft, api: .files, prices: "").costMicros == nil)
    }
}

@Suite("An error of the recorder")
struct ProviderErrorTests {
    @Test("has the form of each provider")
    func forms() throws {
        func body(_ shape: ErrorShape) throws -> RawJSON {
            let error = ProviderError(.budgetExhausted, in: shape, message: "M \"q\"", request: "R")
            #expect(error.status == 402)
            #expect(error.headers.contains { $0 == ("x-should-retry", "false") })
            return try RawJSON(parsing: error.body)
        }
        #expect(
            try body(.openAI).text
                == #"{"error":{"message":"M \"q\"","type":"insufficient_quota","param":null,"#
                + #""code":"sidestep_budget_exhausted"}}"#)
        #expect(
            try body(.anthropic).text
                == #"{"type":"error","error":{"type":"billing_error","message":"M \"q\""},"request_id":"R"}"#)
        #expect(
            try body(.gemini).text
                == #"{"error":{"code":402,"message":"M \"q\"","status":"RESOURCE_EXHAUSTED"}}"#)
    }

    @Test("tells clients to try again only where that helps")
    func retries() {
        for reason in ProviderError.Reason.allCases {
            for shape in ErrorShape.allCases {
                let error = ProviderError(reason, in: shape, message: "m", retryAfterMilliseconds: 1500)
                let mayRetry = [.upstream, .rateLimited, .circuitOpen].contains(reason)
                #expect(error.headers.contains { $0 == ("x-should-retry", mayRetry ? "true" : "false") })
                #expect(error.headers.contains { $0 == ("retry-after", "2") } == mayRetry)
                #expect((400..<600).contains(error.status))
                #expect((try? RawJSON(parsing: error.body)) != nil)
            }
        }
    }
}

@Suite("The pieces of a request")
struct RequestPiecesTests {
    private func pieces(_ body: String) -> [String] {
        let bytes = Array(body.utf8)
        let cuts = [0] + RequestPieces.cuts(of: try? RawJSON(parsing: bytes, depth: 20_000)) + [bytes.count]
        return zip(cuts, cuts.dropFirst()).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }

    @Test("end with each message and tool")
    func cuts() {
        #expect(
            pieces(#"{"model":"m","messages":[{"a":1}, "b"],"tools":[],"system":[1]}"#)
                == [
                    #"{"model":"m","messages":["#, #"{"a":1}"#, #", "b""#, #"],"tools":[],"system":["#, "1",
                    "]}",
                ])
        for body in ["", "x", "[1,2]", #"{"messages":"x"}"#] { #expect(pieces(body) == [body]) }
    }

    @Test("of a history that grows are those of the one it grew from")
    func growing() {
        var seen: Set<String> = []
        var (stored, sent, distinct) = (0, 0, 0)
        var messages: [String] = []
        var dice = Dice(1)
        for turn in 0..<60 {
            let text = (0..<4096).map { _ in String(Int.random(in: 0..<10, using: &dice)) }.joined()
            messages.append(#"{"role":"user","content":"\#(turn) \#(text)"}"#)
            distinct += 4096
            let body = #"{"model":"m","messages":["# + messages.joined(separator: ", ") + #"],"stream":true}"#
            sent += body.utf8.count
            for piece in pieces(body) where seen.insert(piece).inserted { stored += piece.utf8.count }
        }
        #expect(stored * 10 < distinct * 11)
        #expect(sent > distinct * 20)
    }
}
