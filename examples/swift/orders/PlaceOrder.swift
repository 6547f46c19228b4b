import Sidestep

/// What somebody bought.
struct Order: Codable, Sendable {
    let id: String
    let items: [String]
    /// The price, in whole coins.
    let total: Int
}

/// What the customer gets.
struct Receipt: Codable, Sendable {
    let payment: String
    let parcel: String
}

/// Why an order does not come to its end. Codable: a replay, and whoever asks later, gets it as itself.
enum OrderRefused: Error, Codable, Equatable {
    case soldOut(String)
    case denied(String?)
    case nobodyAnswered
}

/// The life of an order: charge, reserve, ask a person, ship. What was done is undone when it fails.
struct PlaceOrder: Workflow {
    static let name = "place-order"
    static let undo: Undoing? = .onCancelOrFailure

    /// A person's answer, as `sidestep approve` sends it.
    struct Approval: Codable, Sendable {
        let approved: Bool
        var message: String?
    }

    /// From so many coins on a person is asked.
    static let large = 100

    let world: World

    func run(_ run: Run, input order: Order) async throws -> Receipt {
        let payment = try await run.step(
            "charge", options: .retry(.attempts(3)), compensation: { try await world.refund($0) }
        ) {
            // The same key at every attempt: a bank that knows it charges one time.
            try await world.charge(order, key: StepContext.current!.idempotencyKey)
        }
        try await reserve(order, run)
        if order.total >= Self.large { try await approval(run) }
        let parcel = try await run.step("ship", options: .atMostOnce) { try await world.ship(order) }
        return Receipt(payment: payment, parcel: parcel)
    }

    private func reserve(_ order: Order, _ run: Run) async throws {
        for item in order.items {
            try await run.step("reserve", with: item, compensation: { try await world.putBack(item) }) {
                try await world.reserve($0)
            }
        }
    }

    private func approval(_ run: Run) async throws {
        let answer = try await run.signal("approval", as: Approval.self, timeout: .seconds(2 * 86_400))
        guard let answer else { throw OrderRefused.nobodyAnswered }
        guard answer.approved else { throw OrderRefused.denied(answer.message) }
    }
}
