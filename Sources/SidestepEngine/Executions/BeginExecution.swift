import SidestepHash
import SidestepModel
import SidestepProtocol
import SidestepStore

/// How the daemon begins steps that it executes itself.
extension BeginStep {
    /// Notes what the daemon is to do and lets it begin after the commit.
    ///
    /// - Returns: that the caller waits for the outcome.
    func hand(
        _ work: StepWork, of run: RunRecord, _ store: any StoreTransaction,
        _ call: inout CallContext
    ) throws -> KeepingWrites {
        guard let written = try store.step(run: run.key, name: step) else {
            throw Failure.stepNotFound(step, run)
        }
        let execution = ExecutionRecord(
            step: written.key, spec: RawJSON(validated: work.spec).compact.bytes, demand: storedDemand,
            weight: work.weight, token: Identifiers.execution(random: call.environment.random),
            place: call.environment.place)
        try store.saveExecution(execution, run: run.key, epoch: run.epoch)
        call.after(.execute(Execution(written, of: run, weight: work.weight)))
        return wait(run, call)
    }

    /// The step is under way; the call waits for it, as long as it wants to.
    func wait(_ run: RunRecord, _ call: CallContext) -> KeepingWrites {
        if call.waitExpired || waitMilliseconds == 0 {
            return .refused(
                Failure(
                    .timeout, "the step goes on and has no outcome yet", run: run.id, step: step,
                    hint: "Ask again: the daemon keeps the outcome."
                ).with(\.which, "wait"))
        }
        return .waits(
            Wait(
                [.step(run.key, step), .run(run.key)],
                until: waitMilliseconds.map { call.arrived.advanced(byMilliseconds: $0) }))
    }

    /// Refuses what the caller may not have done in the daemon's name.
    func checkRights(_ work: StepWork, _ run: RunRecord, _ call: CallContext) throws {
        let settings = call.environment.settings
        if work.needs.contains(.actsAsDaemon), !settings.mayActAsDaemon(call.peer.uid) {
            throw Failure(
                .notPermitted,
                """
                the daemon runs programs and reads files as its own user, and lets only that user ask for it; \
                you are user \(call.peer.uid)
                """, run: run.id, step: step,
                hint: """
                    Execute the step yourself (client: true, `sidestep step`), use your own daemon, or have \
                    `exec_users` in its configuration name you.
                    """)
        }
        if work.needs.contains(.credentials), !call.peer.isAdministrator {
            throw Failure(
                .notPermitted, "only the daemon's own user and administrators may use its credentials",
                run: run.id, step: step, hint: "Leave {credential:…} out, or send the request yourself.")
        }
    }

    /// What a step of the daemon looks like, so that another one of the same name is noticed.
    static func fingerprint(_ work: StepWork) -> String {
        let text = Array("\(work.executor.rawValue):".utf8) + RawJSON(validated: work.spec).compact.bytes
        return "\(work.executor.rawValue):" + Identifiers.hex(Array(ContentHash.of(text).prefix(16)))
    }

    private var storedDemand: Payload? {
        guard !demand.isEmpty else { return nil }
        return detail { writer in
            writer.member("limit", limit)
            writer.member("breaker", breaker)
            guard let reserve else { return }
            writer.object("reserve") { writer in
                for name in BudgetName.spent { writer.member(name.rawValue, reserve[name]) }
            }
        }
    }

    /// The next attempt of a step that the daemon executes, as its first one was begun.
    init(again record: StepRecord, _ execution: ExecutionRecord) {
        self.init(proof: .session(run: nil), step: record.name)
        fingerprint = record.fingerprint
        atMostOnce = record.atMostOnce
        timeouts = record.timeouts
        guard let demand = execution.demand.map(RawJSON.init(validated:)) else { return }
        limit = demand["limit"]?.string
        breaker = demand["breaker"]?.string
        reserve = demand["reserve"].map(Amounts.init(reserve:))
    }
}

extension EngineSettings {
    /// Whether the daemon does for this user what it can do only as its own.
    func mayActAsDaemon(_ user: UserID) -> Bool {
        user == daemonUser || user == 0 || allowsEveryExec || execUsers.contains(user)
    }
}
