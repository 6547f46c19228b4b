import SidestepModel
import SidestepProtocol
import SidestepStore

extension StoreTransaction {
    /// Adds a usage to what is kept by the hour.
    ///
    /// - Parameter model: the model that was called; nil is the one that the usage names.
    /// - Parameter known: what was booked of it already and is taken back.
    /// - Parameter isRecorded: whether it paid for a result that nobody has to pay again.
    func book(
        _ usage: Payload?, model: String? = nil, insteadOf known: Payload? = nil, isRecorded: Bool,
        of run: RunRecord, at now: Instant
    ) throws(Failure) {
        let usage = usage.map(RawJSON.init(validated:)), known = known.map(RawJSON.init(validated:))
        let model = model ?? usage?["model"]?.string ?? known?["model"]?.string ?? ""
        let amounts = RawJSON.difference(usage, known)
        for (name, amount) in amounts {
            try addUsage(
                hour: now.hour, user: run.userID, workflow: run.workflow, model: model, name: name,
                amount: amount)
        }
        guard isRecorded else { return }
        for (name, amount) in known == nil ? amounts : RawJSON.difference(usage, nil) {
            try addPaid(run: run.key, generation: run.generation, name: name, amount: amount)
        }
    }

    /// Adds what a run has paid for and is handed on now: without its records all of it were paid again.
    func bookSaved(of run: RunRecord, at now: Instant) throws(Failure) {
        for (name, amount) in try paid(run: run.key, generation: run.generation) where amount != 0 {
            try addUsage(
                hour: now.hour, user: run.userID, workflow: run.workflow, model: "",
                name: SavedUsage.prefix + name, amount: amount)
        }
    }
}

/// How what replay saved stands among what was used.
enum SavedUsage {
    /// What its names begin with.
    static let prefix = "saved/"

    /// The name without what tells it apart; nil for what was used.
    static func name(_ name: String) -> String? {
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
    }
}

extension RawJSON {
    /// What one usage has more than another, by name in its order; what is the same is left out.
    fileprivate static func difference(_ usage: RawJSON?, _ known: RawJSON?) -> [(key: String, value: Int64)]
    {
        var amounts: [String: Int64] = [:]
        for (name, amount) in usage?.amounts ?? [] { amounts[name, default: 0] += amount }
        for (name, amount) in known?.amounts ?? [] { amounts[name, default: 0] -= amount }
        return amounts.filter { $0.value != 0 }.sorted { $0.key < $1.key }
    }

    /// The integers of a usage; what says nothing of its calls is one.
    ///
    /// A name that comes twice is the first one's; what replay saved is nothing that a usage says.
    fileprivate var amounts: [(name: String, amount: Int64)] {
        var seen: Set<String> = []
        var found = members.compactMap { member in
            member.value.integer.flatMap {
                SavedUsage.name(member.key) == nil && seen.insert(member.key).inserted
                    ? (name: member.key, amount: $0) : nil
            }
        }
        if !seen.contains("requests") { found.append((name: "requests", amount: 1)) }
        return found
    }
}
