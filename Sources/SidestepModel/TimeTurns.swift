/// How long each user may go on before the others have had their turn, where what somebody asks for costs what it
/// costs.
///
/// A deficit round: what is known only afterwards is taken off the turns that follow, so over time nobody has more than
/// the others, whether he asks for much that is cheap or for little that is dear.
public struct TimeTurns: Sendable {
    /// How long a turn is, nanoseconds.
    private let length: Int64
    /// What is used up, by user: more than a turn after something that took long. Who used nothing is not there.
    private var used: [UserKey: Int64] = [:]

    /// Turns of so many nanoseconds, of which nobody has used anything.
    public init(length: Int64) { self.length = length }

    /// Whether a user has to wait for his next turn.
    public func isOver(_ user: UserKey) -> Bool { used[user, default: 0] >= length }

    /// Takes what a piece of work cost off its user's turn, and off later ones if it was more than that.
    public mutating func spend(_ nanoseconds: Int64, _ user: UserKey) {
        if nanoseconds > 0 { used[user, default: 0] += nanoseconds }
    }

    /// Begins everybody's next turn.
    public mutating func begin() {
        if used.isEmpty { return }
        used = used.compactMapValues { $0 > length ? $0 - length : nil }
    }

    /// Nobody else wants a turn: what was used was nobody's loss.
    public mutating func forgive() { used = [:] }
}
