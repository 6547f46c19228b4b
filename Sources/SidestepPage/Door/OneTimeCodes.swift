/// Codes that become a session: each once, and not for long.
struct OneTimeCodes {
    /// For how long a code is good.
    let goodFor: Duration
    private var open: [(code: Secret, until: ContinuousClock.Instant)] = []

    /// Codes that are good at the same time; the oldest gives way.
    static let most = 16

    init(goodFor span: Duration) { goodFor = span }

    mutating func make(_ code: Secret = Secret(), at now: ContinuousClock.Instant) -> Secret {
        forget(at: now)
        if open.count >= Self.most { open.removeFirst() }
        open.append((code, now + goodFor))
        return code
    }

    /// Whether a code is good; it is not, from now on.
    mutating func take(_ text: String, at now: ContinuousClock.Instant) -> Bool {
        forget(at: now)
        // Each is looked at, so that the time tells nothing of which one it was.
        let good = open.indices.filter { open[$0].code.isShown(by: text) }
        for place in good.reversed() { open.remove(at: place) }
        return !good.isEmpty
    }

    private mutating func forget(at now: ContinuousClock.Instant) { open.removeAll { $0.until <= now } }
}
