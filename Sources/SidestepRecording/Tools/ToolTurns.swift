import SidestepProtocol

/// Which of several equal calls is meant: the first whose result this epoch has not been given.
///
/// What was given is kept with the run, so that a wrapper that begins anew within an epoch, because its client
/// connects again, does not take a new call for one that was made before.
public struct ToolTurns: Sendable {
    /// The turns of one key.
    struct Turns: Sendable, Equatable {
        /// All up to this one were given.
        var last = 0
        /// And these beyond it.
        var beyond: Set<Int> = []
        /// Those that are on their way.
        var open: Set<Int> = []

        func isFree(_ turn: Int) -> Bool { turn > last && !beyond.contains(turn) && !open.contains(turn) }

        mutating func give(_ turn: Int) {
            beyond.insert(turn)
            while beyond.remove(last + 1) != nil { last += 1 }
        }
    }

    /// What tells this epoch from others.
    private let epoch: String
    private var keys: [String: Turns] = [:]

    /// - Parameter epoch: what tells it from others.
    public init(epoch: String) { self.epoch = epoch }

    /// Takes in what was kept for a key; what another epoch was given does not count.
    public mutating func load(_ key: String, kept value: RawJSON) {
        guard value["epoch"]?.string == epoch else { return }
        let beyond = value["beyond"]?.elements.compactMap(Self.turn) ?? []
        keys[key] = Turns(last: value["last"].flatMap(Self.turn) ?? 0, beyond: Set(beyond))
    }

    /// Who may write the run's state may write any number there.
    private static func turn(_ value: RawJSON) -> Int? {
        value.integer.flatMap { (0...1 << 40).contains($0) ? Int($0) : nil }
    }

    /// The turn of the next call with this key.
    public mutating func next(_ key: String) -> Int {
        var turns = keys[key] ?? Turns()
        var turn = turns.last + 1
        while !turns.isFree(turn) { turn += 1 }
        turns.open.insert(turn)
        keys[key] = turns
        return turn
    }

    /// Its call has no result: the next call with this key is the same.
    public mutating func release(_ key: String, _ turn: Int) { keys[key]?.open.remove(turn) }

    /// Its result is about to be given to the client.
    ///
    /// - Returns: what is to be kept for the key.
    public mutating func given(_ key: String, _ turn: Int) -> RawJSON {
        keys[key, default: Turns()].open.remove(turn)
        keys[key, default: Turns()].give(turn)
        let turns = keys[key] ?? Turns()
        return RawJSON.build { writer in
            writer.beginObject()
            writer.member("epoch", epoch)
            writer.member("last", turns.last)
            if !turns.beyond.isEmpty {
                writer.array("beyond") { list in turns.beyond.sorted().forEach { list.value($0) } }
            }
            writer.endObject()
        }
    }
}
