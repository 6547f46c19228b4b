import SidestepModel
import SidestepProtocol
import SidestepStore

extension StoreTransaction {
    /// Adds a usage to what is kept by the hour.
    ///
    /// - Parameter model: the model that was called; nil is the one that the usage names.
    /// - Parameter known: what was booked of it already and is taken back.
    func book(
        _ usage: Payload?, model: String? = nil, insteadOf known: Payload? = nil, of run: RunRecord,
        at now: Instant
    ) throws(Failure) {
        let usage = usage.map(RawJSON.init(validated:)), known = known.map(RawJSON.init(validated:))
        let model = model ?? usage?["model"]?.string ?? known?["model"]?.string ?? ""
        var amounts: [String: Int64] = [:]
        for (name, amount) in usage?.amounts ?? [] { amounts[name, default: 0] += amount }
        for (name, amount) in known?.amounts ?? [] { amounts[name, default: 0] -= amount }
        for (name, amount) in amounts.sorted(by: { $0.key < $1.key }) where amount != 0 {
            try addUsage(
                hour: now.hour, user: run.userID, workflow: run.workflow, model: model, name: name,
                amount: amount)
        }
    }
}

extension RawJSON {
    /// The integers of a usage; what says nothing of its calls is one. A name that comes twice is the first one's.
    fileprivate var amounts: [(name: String, amount: Int64)] {
        var seen: Set<String> = []
        var found = members.compactMap { member in
            member.value.integer.flatMap {
                seen.insert(member.key).inserted ? (name: member.key, amount: $0) : nil
            }
        }
        if !seen.contains("requests") { found.append((name: "requests", amount: 1)) }
        return found
    }
}
