import SidestepModel
import SidestepProtocol

/// About a paused run.
struct PauseFindings {
    private let facts: RunFacts

    init(_ facts: RunFacts) { self.facts = facts }

    var all: [Finding] {
        switch facts.run.reason {
        case .crashLoop: [crashLoop]
        case .budget: [BudgetFinding(facts).finding]
        case .codeVersion: [codeVersion]
        // The step says all of it; without one there is nothing left to settle.
        case .unknownStep where facts.open.contains { $0.status == .unknown }: []
        case .operator, .unknownStep, nil: [byOperator]
        }
    }

    private var unpause: String { ShellText.sidestep("unpause", facts.run.id) }

    private var byOperator: Finding {
        let who = facts.entries[.runPaused].flatMap(Actor.init)?.text ?? "Somebody"
        let name = who.prefix(1).uppercased() + who.dropFirst()
        return Finding(
            .pausedByOperator, "\(name) paused it.", next: "Nothing until it is unpaused.", command: unpause)
    }

    private var crashLoop: Finding {
        let run = facts.run
        let cause = facts.entries[.runInterrupted]?.detail.map(RawJSON.init(validated:))?["cause"]?.string
        return Finding(
            .crashLoop,
            "Its owner was lost \(run.interruptions) times without progress, more than \(run.maxInterruptions)"
                + (cause.map { "; the last one: \($0)." } ?? "."),
            next: "Nothing until somebody looks why its owner keeps dying, and unpauses it.", command: unpause
        )
    }

    private var codeVersion: Finding {
        let versions = facts.entries[.runPaused]?.detail.map(RawJSON.init(validated:))
        let (old, new) = (versions?["from"]?.string ?? "?", versions?["to"]?.string ?? "?")
        return Finding(
            .codeVersion, "Code version '\(old)' had it, and '\(new)' came to go on with it.",
            next: "Nothing until it is unpaused; then either version may go on.", command: unpause)
    }
}

/// About a budget that is used up.
struct BudgetFinding {
    private let facts: RunFacts

    init(_ facts: RunFacts) { self.facts = facts }

    var finding: Finding {
        Finding(
            .budget, sentence,
            next: "Nothing until \(short.isEmpty ? "its budget" : "that") is raised and it is unpaused.",
            command: (raises + [ShellText.sidestep("unpause", facts.run.id)]).joined(separator: " && "))
    }

    /// What is used up, and what would be by what was refused last.
    private var short: [(owner: String, budget: Budget)] {
        facts.budgets.filter { entry in
            entry.budget.left <= 0
                || (asked(entry.owner, entry.budget).map { $0 > entry.budget.left } ?? false)
        }
    }

    /// What the step asked for that was refused for this budget.
    private func asked(_ owner: String, _ budget: Budget) -> Int64? {
        let refusal = facts.entries[.budgetExhausted]?.detail.map(RawJSON.init(validated:))
        guard refusal?["budget"]?.string == budget.name.rawValue, refusal?["of"]?.string == owner else {
            return nil
        }
        return refusal?["asked"]?.integer
    }

    private var sentence: String {
        if short.isEmpty { return "It has used up its budget." }
        return short.map { owner, budget in
            let whose = owner == facts.run.id ? "Its" : "Its parent's (\(owner))"
            var text = "\(whose) budget of \(budget.amount) \(budget.name.rawValue) has \(budget.used) used"
            if budget.reserved > 0 { text += " and \(budget.reserved) set aside" }
            if let asked = asked(owner, budget), asked > 0 { text += "; a step asked for \(asked)" }
            return text + "."
        }.joined(separator: " ")
    }

    /// As much again as there was, or as a step asks for.
    private var raises: [String] {
        let owners = short.reduce(into: [String]()) { if !$0.contains($1.owner) { $0.append($1.owner) } }
        return owners.map { owner in
            let amounts = short.filter { $0.owner == owner }.map { entry in
                let more = max(entry.budget.amount, asked(owner, entry.budget) ?? 0)
                return "\(entry.budget.name.rawValue)=\(entry.budget.used &+ entry.budget.reserved &+ more)"
            }
            return ShellText.sidestep("budget set", [owner] + amounts)
        }
    }
}
