import SidestepModel

/// About the owner of a run.
struct OwnerFindings {
    /// From so many milliseconds without a call on, an owner that works on no step is said to be silent.
    static let silence: Int64 = 10_000

    private let facts: RunFacts

    init(_ facts: RunFacts) { self.facts = facts }

    /// What keeps it from going on, whatever its steps do.
    var troubles: [Finding] { [stopped, away, exhausted].compactMap(\.self) }

    /// What is left to say when its steps have spoken.
    func rest(after steps: [Finding]) -> [Finding] {
        guard facts.run.status == .running else { return waitingAgain(steps) }
        return (steps.isEmpty ? [backoff ?? silent ?? between] : []) + [ending].compactMap(\.self)
    }

    private func waitingAgain(_ steps: [Finding]) -> [Finding] {
        steps.isEmpty
            ? [Finding(.awaitsTime, "It waits.", next: "It goes to a worker when what it waits for comes.")]
            : []
    }

    private var stopped: Finding? {
        guard facts.owner.isStopped, let process = facts.run.lease?.owner.process else { return nil }
        return Finding(
            .ownerStopped, "Process \(process.pid) is stopped (state T): by a signal, or in a debugger.",
            next: "Nothing until the process is let go on.", command: "kill -CONT \(process.pid)")
    }

    private var away: Finding? {
        guard let lease = facts.run.lease, lease.owner.kind == .connection, !facts.owner.isConnected else {
            return nil
        }
        return Finding(
            .ownerAway, "Its owner's connection is closed, and its process lives.",
            next: "Its owner comes back within seconds, or the run goes to another one.")
    }

    /// A budget was refused while something of it runs.
    private var exhausted: Finding? {
        guard facts.run.isExhausted else { return nil }
        let finding = BudgetFinding(facts).finding
        return Finding(.budget, finding.sentence, next: "It is paused as soon as nothing of it runs.")
    }

    private var backoff: Finding? {
        guard let next = facts.run.nextAttempt, next > facts.now else { return nil }
        let span = facts.until(next)
        return Finding(
            .runBackoff, "Attempt \(facts.run.attempt) of it begins in \(span).",
            next: "Its owner begins it then.")
    }

    private var silent: Finding? {
        guard facts.run.lease?.owner.kind == .connection, !facts.owner.waits, let last = facts.owner.lastCall,
            facts.now.milliseconds(since: last) >= Self.silence
        else { return nil }
        let id = facts.run.id
        return Finding(
            .ownerSilent, "Its owner works on no step and has called nothing for \(facts.since(last)).",
            next: "Nothing until it calls or ends; paused and unpaused, the run goes to another owner.",
            command: ShellText.sidestep("pause", id) + " && " + ShellText.sidestep("unpause", id))
    }

    private var between: Finding {
        Finding(
            .betweenSteps, "Its owner works between two steps.",
            next: "Its owner begins the next step, or ends it.")
    }

    private var ending: Finding? {
        facts.run.lease?.expires.map {
            Finding(.leaseEnding, "Its lease is over in \(facts.until($0)) unless it is renewed.")
        }
    }
}

/// About what comes without anybody's doing.
struct ComingFindings {
    let all: [Finding]

    init(_ facts: RunFacts) {
        let run = facts.run
        var found: [Finding] = []
        if let deadline = run.deadline, run.cancellation == nil {
            found.append(
                Finding(.deadline, "Its deadline is in \(facts.until(deadline)); it is asked to end then."))
        }
        found += facts.schedules.compactMap { Self.finding($0, facts) }
        all = found
    }

    private static func finding(_ schedule: ScheduleRecord, _ facts: RunFacts) -> Finding? {
        let command = ShellText.sidestep("cancel", facts.run.id)
        if let due = schedule.waitingDue {
            return Finding(
                .scheduleWaits,
                "Schedule '\(schedule.name)' waits for its end with the run that was due \(facts.since(due)) ago.",
                command: command)
        }
        guard schedule.overlap == .skip, let last = schedule.lastDue, schedule.runID(at: last) != facts.run.id
        else {
            return nil
        }
        return Finding(
            .scheduleWaits,
            "Schedule '\(schedule.name)' leaves out what is due while it is open, \(facts.since(last)) ago last.",
            command: command)
    }
}
