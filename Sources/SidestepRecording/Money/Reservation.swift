import SidestepProtocol

/// What is set aside for a call before it is sent.
public struct Reservation: Sendable, Equatable {
    /// How a budget is kept.
    public enum Mode: String, Sendable, CaseIterable {
        /// What is sent is set aside; what comes back may pass the budget once.
        case soft
        /// All that a call can use is set aside.
        case hard
    }

    /// Why a call is not sent.
    public enum Refusal: Error, Sendable, Equatable {
        /// A hard budget, and the request does not say how much may come back.
        case noOutputLimit
        /// A budget of money, and no price of the model.
        case noPrice(model: String)
    }

    /// Tokens to be read.
    public var input: Int64 = 0
    /// Tokens to be written.
    public var output: Int64 = 0
    /// What they cost, in millionths of the currency; nil without a budget of money.
    public var costMicros: Int64?

    /// Tokens that a provider may add to what it was sent: its own instructions and forms.
    static let margin: Int64 = 2048

    /// What a call needs.
    ///
    /// - Parameters:
    ///   - prices: those of the user; nil when there is no budget of money.
    ///   - allowsUnknownPrices: whether a model without a price counts as free.
    public static func of(
        _ request: RecordedRequest, api: API, mode: Mode, prices: PriceTable?,
        allowsUnknownPrices: Bool = false
    ) throws(Refusal) -> Reservation {
        var reservation = Reservation()
        switch mode {
        case .soft: reservation.input = Tokens.estimated(request.body.count)
        case .hard:
            reservation.input = Int64(request.body.count).addingClamped(margin)
            guard let output = outputLimit(of: request.json, api: api) else { throw .noOutputLimit }
            reservation.output = output
        }
        guard let prices, api.isPaid else { return reservation }
        let model = Self.model(of: request)
        if let price = prices.price(of: model, upstream: request.upstream) {
            let usage = ReplyUsage(input: reservation.input, output: reservation.output)
            reservation.costMicros = price.cost(of: usage)
        } else if !allowsUnknownPrices {
            throw .noPrice(model: model)
        }
        return reservation
    }

    /// The model that a request names, in its body or, with Gemini, in its path; empty without one.
    public static func model(of request: RecordedRequest) -> String {
        if let model = request.json?["model"]?.string { return model }
        let parts = request.target.prefix { $0 != "?" }.split(separator: "/")
        guard let place = parts.lastIndex(where: { $0 == "models" || $0 == "deployments" }),
            place + 1 < parts.count
        else { return "" }
        return String(parts[place + 1].prefix { $0 != ":" })
    }

    /// The tokens that may come back at most; nil when the request does not say.
    static func outputLimit(of body: RawJSON?, api: API) -> Int64? {
        guard api.writesTokens else { return 0 }
        guard let body else { return nil }
        let settings = body["generationConfig"] ?? body["generation_config"]
        let names = [
            "max_completion_tokens", "max_tokens", "max_output_tokens", "maxOutputTokens",
            "max_tokens_to_sample",
        ]
        let limits = [body, settings].compactMap { $0 }.flatMap { value in
            names.compactMap { value[$0]?.integer }
        }
        guard let limit = limits.max(), limit >= 0 else { return nil }
        let counts = [body["n"], body["best_of"], settings?["candidateCount"]].compactMap { $0?.integer }
        return limit.multipliedClamped(by: max(1, counts.max() ?? 1))
    }
}

extension API {
    /// Whether its answers are written token by token.
    var writesTokens: Bool {
        switch self {
        case .chat, .completions, .responses, .messages, .gemini, .interactions, .opaque, .audio, .images:
            true
        case .countTokens, .embeddings, .moderations, .rerank, .files: false
        }
    }

    /// Whether a call of it is paid by what it reads and writes.
    var isPaid: Bool {
        switch self {
        case .countTokens, .moderations, .files: false
        default: true
        }
    }
}
