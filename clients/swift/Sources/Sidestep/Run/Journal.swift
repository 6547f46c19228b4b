import SidestepProtocol

/// The journal of a run as `resume` delivered it, what was recorded since, and which call has which record.
///
/// A call that says what it was called with gets the record of that, whatever the order of the calls; others go by
/// their order.
struct Journal: Sendable {
    /// What a call is to be called.
    enum Match: Equatable {
        case step(String)
        /// It fits no record, and this one with other arguments has got no call: the program may have changed, or
        /// the call that it is of is yet to come.
        case doubtful(record: String)
    }

    private var records: [String: StepRecord] = [:]
    private var names = StepNames()
    private var calls: [UnclaimedRecords.Call: Int] = [:]
    /// Made when order alone does not do.
    private var unclaimed: UnclaimedRecords?
    /// How many records were given to calls.
    private(set) var given = 0

    subscript(step: String) -> StepRecord? { records[step] }

    mutating func note(_ record: StepRecord) { records[record.step] = record }

    /// Adds a page of records, as `resume` and `step.list` give them.
    mutating func add(_ steps: [RawJSON]) {
        for record in steps.compactMap({ StepRecord($0) }) { note(record) }
    }

    /// The name of the next call, by the order of the calls alone.
    mutating func next(_ name: String, in scope: String?) -> String { give(names.next(name, in: scope)) }

    /// Finds the record of a call, or a name for a new one.
    mutating func find(_ name: String, in scope: String?, fingerprint: String?) -> Match {
        guard let fingerprint else { return .step(next(name, in: scope)) }
        let call = UnclaimedRecords.Call(base: StepNames.scoped(name, in: scope), fingerprint: fingerprint)
        if !records.isEmpty {
            if let recorded = record(of: call), claim(recorded, in: scope) {
                count(call)
                return .step(recorded)
            }
            if let other = doubt(call) { return .doubtful(record: other) }
        }
        return .step(add(name, in: scope, fingerprint: fingerprint))
    }

    /// Gives a call a name that nothing is recorded under.
    mutating func add(_ name: String, in scope: String?, fingerprint: String) -> String {
        count(UnclaimedRecords.Call(base: StepNames.scoped(name, in: scope), fingerprint: fingerprint))
        return names.next(name, in: scope) { records[$0] != nil }
    }

    /// Gives a call this record, unless another one has it.
    mutating func claim(_ record: String, in scope: String?) -> Bool {
        guard names.take(record, in: scope) else { return false }
        _ = give(record)
        return true
    }

    /// The place of the last call of this kind among equal ones, from 1.
    func place(_ base: String, _ fingerprint: String) -> Int {
        calls[.init(base: base, fingerprint: fingerprint), default: 1]
    }

    /// Lets what is called within this step be called again, because its body is executed once more.
    mutating func forget(within scope: String) {
        guard names.forget(within: scope) else { return }
        calls = calls.filter { !$0.key.base.hasPrefix(scope + "/") }
        unclaimed = nil
    }

    /// Prepares for another execution of the workflow: completed steps stay, failed ones are forgotten.
    mutating func restart() {
        names.restart()
        calls = [:]
        unclaimed = nil
        records = records.filter { $0.value.status != .failed }
    }

    /// The records that no call has got; those within a recorded step are that step's.
    var unused: [String] {
        let left = records.values.filter {
            $0.isSettled && !names.isTaken($0.step) && !isWithinRecord($0.step)
        }
        return left.map(\.step).sorted()
    }

    private func isWithinRecord(_ step: String) -> Bool {
        let parts = step.split(separator: "/")
        return (1..<max(1, parts.count)).contains { records[parts.prefix($0).joined(separator: "/")] != nil }
    }

    // MARK: - Which record

    private mutating func record(of call: UnclaimedRecords.Call) -> String? {
        let expected = names.expected(call.base)
        if !names.isTaken(expected), records[expected]?.fingerprint == call.fingerprint {
            names.advance(call.base)
            return expected
        }
        return index(of: call.base) { $0.first(call, isTaken: $1) }
    }

    private mutating func doubt(_ call: UnclaimedRecords.Call) -> String? {
        // An equal call before it may have got the record that it had: what is left is of others behind it.
        guard calls[call] == nil else { return nil }
        return index(of: call.base) { $0.firstSettled(call.base, isTaken: $1) }
    }

    private mutating func index<Value>(
        of base: String, _ look: (inout UnclaimedRecords, (String) -> Bool) -> Value
    ) -> Value {
        var index = unclaimed ?? UnclaimedRecords(records)
        // The copy here would make every change of the index one of a copy.
        unclaimed = nil
        defer { unclaimed = index }
        index.know(base, records)
        return look(&index, names.isTaken)
    }

    private mutating func count(_ call: UnclaimedRecords.Call) { calls[call, default: 0] += 1 }

    private mutating func give(_ name: String) -> String {
        if records[name] != nil { given += 1 }
        return name
    }
}
