import SidestepModel

/// Steps that another process than the run's owner executes, by that process.
struct HeldSteps {
    struct Name: Hashable {
        let run: Int64
        let step: String
    }

    private var holders: [Name: (process: ProcessIdentity, attempt: Int64)] = [:]
    private var names: [ProcessIdentity: Set<Name>] = [:]

    mutating func insert(_ name: Name, _ process: ProcessIdentity, attempt: Int64) {
        _ = remove(name)
        holders[name] = (process, attempt)
        names[process, default: []].insert(name)
    }

    /// Forgets a step that has an outcome; answers who executed it.
    mutating func remove(_ name: Name) -> ProcessIdentity? {
        // Every step that ends is asked about, and few runs have any.
        if holders.isEmpty { return nil }
        guard let process = holders.removeValue(forKey: name)?.process else { return nil }
        names[process]?.remove(name)
        if names[process]?.isEmpty == true { names[process] = nil }
        return process
    }

    /// Takes out all steps of a process.
    mutating func take(_ process: ProcessIdentity) -> [(name: Name, attempt: Int64)] {
        (names.removeValue(forKey: process) ?? []).compactMap { name in
            holders.removeValue(forKey: name).map { (name, $0.attempt) }
        }
    }

    func contains(_ process: ProcessIdentity) -> Bool { names[process] != nil }

    var count: Int { holders.count }
}
