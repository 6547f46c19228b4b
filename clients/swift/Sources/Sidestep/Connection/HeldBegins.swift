import SidestepProtocol

/// The begins of steps that the daemon was not told yet. A value, so that its rules can be tested without a socket.
///
/// Most bodies are short, and the end of a step says that it began: such a begin is taken back and never sent. The
/// daemon keeps a begin back for 25 ms itself; nothing else goes out before what is held here.
struct HeldBegins {
    typealias Params = @Sendable () -> RawJSON

    /// A begin is held for one round of the clock at least, and two at most.
    static let round: Duration = .microseconds(2500)
    /// The clock stops after so many rounds without a begin.
    static let longestIdle = 400

    private var held: [Int: (params: Params, round: Int)] = [:]
    private var lastNumber = 0
    private var rounds = 0
    private var lastBegin = 0
    private var hasClock = false

    var isEmpty: Bool { held.isEmpty }

    /// Keeps a begin back.
    ///
    /// - Returns: its number, and whether somebody has to start the clock.
    mutating func hold(_ params: @escaping Params) -> (number: Int, needsClock: Bool) {
        lastNumber += 1
        held[lastNumber] = (params, rounds)
        lastBegin = rounds
        defer { hasClock = true }
        return (lastNumber, !hasClock)
    }

    /// Takes a begin back; false when it was sent.
    mutating func withdraw(_ number: Int) -> Bool { held.removeValue(forKey: number) != nil }

    /// Takes out all of them, the first one first.
    mutating func takeAll() -> [Params] { take { _ in true } }

    /// Another round of the clock: takes out what was held long enough.
    ///
    /// - Returns: nil when the clock stops.
    mutating func tick() -> [Params]? {
        rounds += 1
        if held.isEmpty, rounds - lastBegin > Self.longestIdle {
            hasClock = false
            return nil
        }
        let round = rounds
        return take { round - $0 >= 2 }
    }

    /// There is no thread for a clock.
    mutating func stopClock() { hasClock = false }

    private mutating func take(_ isMeant: (Int) -> Bool) -> [Params] {
        guard !held.isEmpty else { return [] }
        let numbers = held.filter { isMeant($0.value.round) }.keys.sorted()
        return numbers.compactMap { held.removeValue(forKey: $0)?.params }
    }
}
