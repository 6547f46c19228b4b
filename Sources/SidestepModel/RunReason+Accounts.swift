extension RunReason {
    /// What a reader of the reference page is told of a reason.
    public struct Account: Sendable {
        /// The word that `run.explain` says.
        public let reason: RunReason
        /// What is the case.
        public let fact: String
        /// What it takes for the run to go on, where a person can do something: a command of `sidestep`.
        public let cure: String?

        fileprivate init(_ reason: RunReason, _ fact: String, _ cure: String? = nil) {
            (self.reason, self.fact, self.cure) = (reason, fact, cure)
        }
    }

    /// All reasons, in the order of their importance.
    public static let accounts: [Account] = [
        Account(.storage, "The daemon cannot write: the disk is full or broken."),
        Account(
            .cancelling, "Somebody asked it to end, and its owner may still undo what it did.",
            "sidestep cancel RUN --grace 0s"),
        Account(.cancelledWithParent, "It was asked to end because its parent was, or closed."),
        Account(.pausedByOperator, "Somebody paused it.", "sidestep unpause RUN"),
        Account(.crashLoop, "Its owners kept dying without progress.", "sidestep unpause RUN"),
        Account(
            .budget, "A budget of it, or of a run above it, is used up.",
            "sidestep budget set RUN NAME=N && sidestep unpause RUN"),
        Account(
            .codeVersion, "A worker of another code version came to go on with it.", "sidestep unpause RUN"),
        Account(
            .stepUnknown, "An at-most-once step may or may not have happened.",
            "sidestep resolve RUN STEP --rerun"),
        Account(
            .supervisorFailing, "The daemon cannot start what supervises its program (`run --detach`).",
            "sidestep run --id RUN --allow-change -- …"),
        Account(.delayed, "It was to begin later."),
        Account(.runBackoff, "It failed, and its policy gives it another attempt, later."),
        Account(.crashBackoff, "Its owner died more than once, and it is handed out again after a pause."),
        Account(.interrupted, "Its owner is gone, and nobody has taken it up."),
        Account(.queuePaused, "Its queue is paused.", "sidestep queue unpause QUEUE"),
        Account(
            .queueFull, "Its queue has as many owned runs as it may.",
            "sidestep queue put QUEUE --concurrency N"),
        Account(
            .queueRate, "Its queue has handed out as many runs as it may for now.",
            "sidestep queue put QUEUE --rate N/min"),
        Account(
            .keyFull, "As many runs of its concurrency key as may have owners.",
            "sidestep queue put QUEUE --key-concurrency N"),
        Account(.otherVersion, "It is pinned to a code version that no connected worker has."),
        Account(.noWorker, "No worker is connected that serves its queue and has its workflow."),
        Account(.workersBusy, "All workers that could take it have runs."),
        Account(.ready, "The next worker that asks gets it."),
        Account(.startDeadline, "A worker has to claim it in time, or it fails."),
        Account(.ownerStopped, "Its owner's process is stopped (state T).", "kill -CONT PID"),
        Account(.ownerAway, "Its owner lives, but its connection is closed."),
        Account(
            .ownerSilent, "Its owner works on no step and has not called for a while.",
            "sidestep pause RUN && sidestep unpause RUN"),
        Account(.leaseEnding, "Its lease runs out unless it is renewed."),
        Account(.betweenSteps, "Its owner works between two steps."),
        Account(.limitFull, "A step waits for room in a limit.", "sidestep limit put LIMIT --concurrency N"),
        Account(
            .limitRate, "A step waits until a limit lets the next one begin.",
            "sidestep limit put LIMIT --rate N/min"),
        Account(.breakerOpen, "A breaker lets no step through for now.", "sidestep breaker reset BREAKER"),
        Account(.executionWaits, "The daemon has as much under way as it may."),
        Account(.stepBackoff, "A step failed, or was lost, and is tried again."),
        Account(.waitGivenUp, "Its owner gave up a wait and has not gone on yet."),
        Account(.stepRunning, "A step is being executed."),
        Account(.awaitsSignal, "It waits for a signal.", "sidestep approve RUN NAME"),
        Account(.awaitsPromise, "It waits for somebody to settle a promise.", "sidestep approve RUN NAME"),
        Account(.awaitsRun, "It waits for the end of another run.", "sidestep why OTHER"),
        Account(.awaitsTime, "It sleeps."),
        Account(.deadline, "It is asked to end at its deadline."),
        Account(.scheduleWaits, "A schedule starts no further run while it is open.", "sidestep cancel RUN"),
        Account(.completed, "It is completed."),
        Account(.failed, "It failed.", "sidestep enqueue WORKFLOW --run RUN --if-closed retry"),
        Account(.cancelled, "It was cancelled.", "sidestep enqueue WORKFLOW --run RUN --if-closed retry"),
        Account(.undone, "Steps of it were undone before it closed.", "sidestep start RUN --if-closed rerun"),
    ]
}
