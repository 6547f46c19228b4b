import SidestepModel

/// The sentences that more than one use case says.
extension Failure {
    static func runNotFound(_ id: String) -> Failure {
        Failure(
            .runNotFound, "there is no run '\(id)'", run: id,
            hint: "`sidestep ps --all` lists your runs; `resume` with create (the default) makes one.")
    }

    static func leaseLost(_ id: String?) -> Failure {
        Failure(
            .leaseLost, "the lease is over: the run was granted to another owner, or this is no lease of it",
            run: id,
            hint: "Stop working on this run; `sidestep why RUN` says who has it.")
    }

    /// The run has had no owner since: it was let go by the end of the process, or given back.
    static func ownerEnded(_ id: String) -> Failure {
        Failure(
            .leaseLost, "the lease is over: the process that owned the run has ended, or gave the run back",
            run: id,
            hint: "Open the run again. Where `sidestep start` stands in a pipe, its subshell owned it: "
                + "say `--owner-pid $$` there.")
    }

    static func leaseRequired(_ id: String?) -> Failure {
        Failure(
            .leaseRequired, "this call acts for a run and needs its lease", run: id,
            hint: "Call `resume` on this connection, or pass the `lease` that it returned.")
    }

    /// Nothing but a `Failure` is to be thrown by a use case.
    static let mistake = Failure(
        .storageError, "the call could not be answered; it was refused alone",
        hint: "It is a mistake of the daemon: please report what you called.")

    /// A forked child may still have the connection.
    static let ownerOfConnectionEnded = Failure(
        .notPermitted, "the process that opened this connection has ended, and what it waited for with it",
        hint: "Open a connection in each process; one that was inherited by fork(2) is its parent's.")

    /// Why a caller that once held the run does not hold it now.
    static func notHeld(_ run: RunRecord) -> Failure {
        if run.status.isClosed { return .runClosed(run) }
        if run.status == .paused { return run.reason == .budget ? .exhausted(run) : .runPaused(run) }
        return .leaseLost(run.id)
    }

    /// Somebody asked the run to end; its owner may undo what it did and let go.
    static func cancelRequested(_ run: RunRecord) -> Failure {
        let isDeadline = run.cancellation?.reason == Cancellation.deadline
        let message = isDeadline ? "the run's deadline has passed" : "the run was asked to end"
        return Failure(
            isDeadline ? .deadlineExceeded : .runCancelled, message, run: run.id,
            hint: "Undo what was done in steps with compensation: true, then call `run.release`.")
    }

    static func runClosed(_ run: RunRecord) -> Failure {
        if run.status == .failed, run.cancellation?.reason == Cancellation.deadline {
            return .cancelRequested(run)
        }
        return runEnded(run)
    }

    private static func runEnded(_ run: RunRecord) -> Failure {
        Failure(
            run.status == .cancelled ? .runCancelled : .runClosed, "the run is \(run.status.rawValue)",
            run: run.id,
            hint: "`run.result` has its outcome; `resume` with if_closed retry or rerun opens it again.")
    }

    /// The run cannot go on where it was: `steps` undid what others did.
    static func undone(_ run: RunRecord, by steps: [String]) -> Failure {
        let anew = ShellText.sidestep("start", run.id, options: ["--if-closed", "rerun"])
        var names = steps.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        if steps.count > 3 { names += " …" }
        return Failure(
            .runClosed,
            "the run is \(run.status.rawValue), and steps of it were undone (by \(names))",
            run: run.id,
            hint: "What they recorded does not hold any more, so they are not replayed: if_closed rerun "
                + "(`\(anew)`) does them again, under new idempotency keys; "
                + "`run.fork` at a step keeps what was recorded before it.")
    }

    static let leaving = Failure(
        .shuttingDown, "the daemon is shutting down", hint: "Connect again and send the call again.")

    static let requestCancelled = Failure(
        .requestCancelled, "the caller gave up the request while it waited",
        hint: "Nothing was granted; send the call again to wait again.")

    /// Nobody reads it: whoever asked is gone.
    static let connectionClosed = Failure(.shuttingDown, "the connection was closed")

    static func runPaused(_ run: RunRecord) -> Failure {
        let reason = run.reason?.rawValue ?? "operator"
        return Failure(
            .runPaused, "the run is paused (\(reason))", run: run.id,
            hint: run.reason == .unknownStep
                ? "`sidestep inflight` shows the unknown step, `sidestep resolve` settles it."
                : "`\(ShellText.sidestep("why", run.id))` tells more, "
                    + "`\(ShellText.sidestep("unpause", run.id))` lets it go on."
        ).with(\.reason, run.reason ?? .operator)
    }

    static func exhausted(_ run: RunRecord) -> Failure {
        Failure(
            .budgetExhausted, "the run has used up its budget", run: run.id,
            hint: "`\(ShellText.sidestep("budget get", run.id))` shows it; raise it, then: "
                + ShellText.sidestep("unpause", run.id))
    }

    static func runOwned(_ run: RunRecord) -> Failure {
        let who = run.lease.map { "process \($0.owner.process.pid)" } ?? "another process"
        return Failure(
            .runOwned, "the run is executed by \(who)", run: run.id,
            hint: "Wait for it (if_owned: wait), or fence it (if_owned: take_over)."
        ).with(\.owner, run.lease?.owner)
    }

    static func cannotEnd(_ process: ProcessIdentity, _ reason: String) -> Failure {
        Failure(
            .notPermitted, "the daemon cannot end process \(process.pid): \(reason)",
            hint:
                "Fence it (if_owned: take_over), or end it yourself: sudo kill \(process.pid). A daemon of the "
                + "system's may end it when it has CAP_KILL: docs/operating/systemd.md says how.")
    }

    /// A run's end was asked for, and that stands; its process was to end at once, and cannot be ended.
    static func cancelledOnly(_ run: String, _ failure: Failure) -> Failure {
        Failure(
            failure.kind, "the run was asked to end, but \(failure.message)", run: run,
            hint: failure.hint)
    }

    static func stepNotFound(_ step: String, _ run: RunRecord) -> Failure {
        Failure(
            .invalidArgument, "the run has no step '\(step)'", run: run.id, step: step,
            hint: "`\(ShellText.sidestep("show", run.id))` lists its steps.")
    }

    static func executedByDaemon(_ step: StepRecord, _ run: RunRecord) -> Failure {
        Failure(
            .invalidArgument, "the daemon executes this step, and records its outcome itself", run: run.id,
            step: step.name, hint: "Wait for it with the same `run-step` call.")
    }

    static func superseded(_ step: StepRecord, _ run: RunRecord) -> Failure {
        Failure(
            .attemptSuperseded, "that attempt of the step is over; attempt \(step.attempt) counts now",
            run: run.id,
            step: step.name,
            hint: "Drop this attempt's result; begin the step again to learn where it stands."
        ).with(\.attempt, step.attempt)
    }
}
