import SidestepModel

/// The sentences about a run: a pure function of what is known of it.
struct Explanation {
    let facts: RunFacts
    /// What is the case, the most important first.
    let findings: [Finding]

    init(_ facts: RunFacts) {
        self.facts = facts
        findings = Self.findings(facts)
    }

    private static func findings(_ facts: RunFacts) -> [Finding] {
        if facts.run.status.isClosed { return EndedFindings(facts).all }
        var found = [StorageFindings(facts).all, CancelFindings(facts).all].flatMap(\.self)
        let steps = StepFindings(facts).all
        switch facts.run.status {
        case .paused:
            found += steps.filter { $0.reason == .stepUnknown }
            found += PauseFindings(facts).all
            found += steps.filter { $0.reason != .stepUnknown }.map(\.fact)
        case .queued, .interrupted:
            // What a person has to settle first, and what no worker is needed for.
            let first: Set<RunReason> = [.stepUnknown, .supervisorFailing]
            found += steps.filter { first.contains($0.reason) }
            found += QueueFindings(facts).all
            found += steps.filter { !first.contains($0.reason) }.map(\.fact)
        default:
            found += OwnerFindings(facts).troubles + steps
            found += OwnerFindings(facts).rest(after: steps)
        }
        return found + ComingFindings(facts).all
    }

    var sentences: [String] {
        [standing, ownership].compactMap(\.self) + findings.map(\.sentence)
    }

    var reasons: [RunReason] {
        findings.reduce(into: []) { if !$0.contains($1.reason) { $0.append($1.reason) } }
    }

    var next: String { findings.lazy.compactMap(\.next).first ?? "Nothing by itself." }

    var command: String? {
        if let command = findings.lazy.compactMap(\.command).first { return command }
        let isActive = facts.run.status == .running || facts.run.status == .waiting
        return isActive ? ShellText.sidestep("pause", facts.run.id) : nil
    }

    private var standing: String {
        let run = facts.run
        let reason = run.reason.map { " (\($0.rawValue))" } ?? ""
        return "Run '\(run.id)' of workflow '\(run.workflow)' is \(run.status.rawValue)\(reason) "
            + "since \(facts.since(run.closed ?? run.updated))."
    }

    private var ownership: String? {
        guard let owner = facts.run.lease?.owner else { return nil }
        return "Process \(owner.process.pid) of uid \(owner.uid) owns it (\(owner.kind.rawValue)) "
            + "since \(facts.since(owner.since))."
    }
}
