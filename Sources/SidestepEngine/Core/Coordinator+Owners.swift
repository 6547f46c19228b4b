import SidestepModel

extension Coordinator {
    func own(_ holder: LeaseHolder) {
        disown(holder.run)
        owners.insert(holder)
        if holder.kind != .ttl {
            watch(holder.process) { self.perform(self.end(of: holder, .neverBegan)) }
        }
        // The connection may have closed while the grant was on its way to the disk.
        if holder.kind == .connection, !environment.isOpen(holder.session) {
            startGrace(holder, environment.settings.reconnectGraceMilliseconds)
        }
    }

    func attach(run: Int64, session: Int64) {
        owners.graceTimers.removeValue(forKey: run)?.cancel()
        guard var holder = owners[run] else { return }
        holder.session = session
        owners.insert(holder)
        onGranted?(session, holder.id)
    }

    func disown(_ run: Int64) {
        owners.graceTimers.removeValue(forKey: run)?.cancel()
        guard let holder = owners.remove(run) else { return }
        if !owners.needs(holder.process) { processes.unwatch(holder.process) }
    }

    func watchStep(run: Int64, step: String, attempt: Int64, process: ProcessIdentity) {
        owners.steps.insert(HeldSteps.Name(run: run, step: step), process, attempt: attempt)
        watch(process)
    }

    /// A step has an outcome: whoever executed it is watched no longer than something else needs it.
    func forgetStep(run: Int64, step: String) {
        guard let process = owners.steps.remove(HeldSteps.Name(run: run, step: step)) else { return }
        if !owners.needs(process) { processes.unwatch(process) }
    }

    /// - Parameter ended: what to do first when it has ended already.
    private func watch(_ process: ProcessIdentity, _ ended: () -> Void = {}) {
        // A peer of another pid namespace has no process here; its connection alone speaks for it.
        guard process.pid != 0 else { return }
        let loop = loop
        let watched = processes.watch(process) { loop.run { self.processEnded(process) } }
        guard watched == .ended else { return }
        ended()
        processEnded(process)
    }

    private func end(of holder: LeaseHolder, _ cause: InterruptionCause) -> InterruptRun {
        InterruptRun(run: holder.run, epoch: holder.epoch, cause: cause)
    }

    /// The kernel says that a process is gone: what it owned is free now.
    func processEnded(_ process: ProcessIdentity) {
        // First of all, or what it leaves is given to another request of the dead.
        for call in parked.take(process: process) {
            call.answer(.failure(.ownerOfConnectionEnded))
        }
        for holder in owners.runs(process: process) {
            owners.graceTimers.removeValue(forKey: holder.run)?.cancel()
            perform(end(of: holder, .died))
        }
        for (name, attempt) in owners.steps.take(process) {
            perform(InterruptStep(run: name.run, step: name.step, attempt: attempt, process: process))
        }
    }

    /// A connection closed: its waiting calls are dropped, its owners have a while to come back.
    public func sessionClosed(_ session: Int64) {
        loop.assertOnLoop()
        environment.closeSession(session)
        for call in parked.take(session: session) { call.answer(.failure(.connectionClosed)) }
        for holder in owners.runs(session: session) {
            startGrace(holder, environment.settings.reconnectGraceMilliseconds)
        }
    }

    private func startGrace(_ holder: LeaseHolder, _ milliseconds: Int64) {
        owners.graceTimers[holder.run]?.cancel()
        owners.graceTimers[holder.run] = loop.schedule(afterMilliseconds: milliseconds) {
            self.perform(self.end(of: holder, .disconnected))
        }
    }

    // MARK: After a restart

    /// Takes up the owners that the database remembers: the dead lose their runs at once,
    /// the living may come back.
    ///
    /// - Parameter runs: all owned runs.
    public func recover(
        _ runs: [RunRecord], steps: [(run: Int64, step: StepRecord)],
        executions lost: [(execution: ExecutionRecord, step: StepRecord)] = []
    ) {
        loop.assertOnLoop()
        for run in runs {
            guard let lease = run.lease, let holder = LeaseHolder(run) else { continue }
            guard lease.boot == environment.boot else {
                perform(InterruptRun(run: run.key, epoch: run.epoch, cause: .died))
                continue
            }
            owners.insert(holder)
            if holder.kind != .ttl { watch(holder.process) }
            if holder.kind == .connection {
                startGrace(holder, environment.settings.restartGraceMilliseconds)
            }
        }
        for (run, step) in steps {
            if step.executor == nil, let holder = step.holder, holder != owners[run]?.process {
                watchStep(run: run, step: step.name, attempt: step.attempt, process: holder)
            }
        }
        performDue()
        perform(FindWaitingSchedules())
        courier?.wake(environment.clock.now())
        executions?.recover(lost)
        startChores()
    }
}
