/// Why a run is where it is: everything that `run.explain` can say.
public enum RunReason: String, Sendable, CaseIterable {
    // What somebody or something has to end.
    case storage
    case cancelling
    case cancelledWithParent = "cancelled_with_parent"
    case pausedByOperator = "paused_by_operator"
    case crashLoop = "crash_loop"
    case budget
    case codeVersion = "code_version"
    case stepUnknown = "step_unknown"
    case supervisorFailing = "supervisor_failing"

    // Without an owner.
    case delayed
    case runBackoff = "run_backoff"
    case crashBackoff = "crash_backoff"
    case interrupted
    case queuePaused = "queue_paused"
    case queueFull = "queue_full"
    case queueRate = "queue_rate"
    case keyFull = "key_full"
    case otherVersion = "other_version"
    case noWorker = "no_worker"
    case workersBusy = "workers_busy"
    case ready
    case startDeadline = "start_deadline"

    // With an owner.
    case ownerStopped = "owner_stopped"
    case ownerAway = "owner_away"
    case ownerSilent = "owner_silent"
    case leaseEnding = "lease_ending"
    case betweenSteps = "between_steps"

    // Its steps.
    case limitFull = "limit_full"
    case limitRate = "limit_rate"
    case breakerOpen = "breaker_open"
    case executionWaits = "execution_waits"
    case stepBackoff = "step_backoff"
    case waitGivenUp = "wait_given_up"
    case stepRunning = "step_running"
    case awaitsSignal = "awaits_signal"
    case awaitsPromise = "awaits_promise"
    case awaitsRun = "awaits_run"
    case awaitsTime = "awaits_time"

    // What comes.
    case deadline
    case scheduleWaits = "schedule_waits"

    // Closed.
    case completed
    case failed
    case cancelled
    case undone
}
