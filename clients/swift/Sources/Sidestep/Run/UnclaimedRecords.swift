/// The records of a run by what their steps were called with, for calls that come in another order than the last time.
struct UnclaimedRecords: Sendable {
    /// A step as its caller knows it: its name without a number, and what it is called with.
    struct Call: Hashable, Sendable {
        let base: String
        let fingerprint: String?
    }

    /// Names, the first one last.
    private var byCall: [Call: [String]] = [:]
    private var settled: [String: [String]] = [:]

    init(_ records: [String: StepRecord]) {
        var numbers: [String: [(number: Int, name: String)]] = [:]
        for name in records.keys {
            for (base, number) in Self.bases(of: name) { numbers[base, default: []].append((number, name)) }
        }
        for (base, entries) in numbers {
            add(base, entries.sorted { $0.number > $1.number }.map(\.name), records)
        }
    }

    /// Adds the records of a name so long that its numbered ones are cut, and do not tell what they are of.
    mutating func know(_ base: String, _ records: [String: StepRecord]) {
        guard base.utf8.count > StepNames.longest - 10, settled[base] == nil else { return }
        let names = (1...max(1, records.count)).map { StepNames.numbered(base, $0) }
        add(base, names.filter { records[$0] != nil }.reversed(), records)
    }

    /// The first record that fits the call, and that no other call has got: with this fingerprint, else with none.
    mutating func first(_ call: Call, isTaken: (String) -> Bool) -> String? {
        for fingerprint in [call.fingerprint, nil] {
            let key = Call(base: call.base, fingerprint: fingerprint)
            if let name = Self.last(of: &byCall[key, default: []], isTaken) { return name }
        }
        return nil
    }

    /// The first record of this name with an end, or with an unknown one, that no call has got.
    mutating func firstSettled(_ base: String, isTaken: (String) -> Bool) -> String? {
        Self.last(of: &settled[base, default: []], isTaken)
    }

    private static func last(of names: inout [String], _ isTaken: (String) -> Bool) -> String? {
        while let name = names.last {
            guard isTaken(name) else { return name }
            names.removeLast()
        }
        return nil
    }

    private mutating func add(_ base: String, _ names: [String], _ records: [String: StepRecord]) {
        for name in names {
            byCall[Call(base: base, fingerprint: records[name]?.fingerprint), default: []].append(name)
        }
        settled[base] = names.filter { records[$0]?.isSettled == true }
    }

    /// What calls a recorded name may be of.
    private static func bases(of name: String) -> [(String, Int)] {
        guard let hash = name.lastIndex(of: "#"), hash > name.startIndex,
            let number = Int(name[name.index(after: hash)...]), number > 1
        else { return [(name, 1)] }
        return [(name, 1), (String(name[..<hash]), number)]
    }
}
