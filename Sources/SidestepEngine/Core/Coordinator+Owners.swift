import SidestepModel

extension Coordinator {
    func own(_ holder: LeaseHolder) {
        // A later grant may have been told of before this one.
        if let known = owners[holder.run], known.epoch > holder.epoch { return }
        disown(holder.run, upTo: holder.epoch)
        owners.insert(holder)
        if holder.kind != .ttl {
            watch(holder.process) { self.perform(self.end(of: holder, .neverBegan)) }
        }
        // The connection may have closed while the grant was on its way to the disk.
        if holder.kind == .connection, !environment.isOpen(holder.session) {
            startGrace([holder], environment.settings.reconnectGraceMilliseconds)
        }
    }

    func attach(run: Int64, session: Int64) {
        owners.graces.removeValue(forKey: run)?.cancel()
        guard var holder = owners[run] else { return }
        holder.session = session
        owners.insert(holder)
        onGranted?(session, holder.id)
    }

    func disown(_ run: Int64, upTo epoch: Int64) {
        if let known = owners[run], known.epoch > epoch { return }
        owners.graces.removeValue(forKey: run)?.cancel()
        guard let holder = owners.remove(run) else { return }
        onEnded?(holder.session, holder.id)
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
        answer(parked.take(process: process)[...], .ownerOfConnectionEnded)
        let held = owners.runs(process: process)
        for holder in held { owners.graces.removeValue(forKey: holder.run)?.cancel() }
        perform(all: held.map { end(of: $0, .died) })
        perform(
            all: owners.steps.take(process).map { name, attempt in
                InterruptStep(run: name.run, step: name.step, attempt: attempt, process: process)
            })
    }

    /// A connection closed: its waiting calls are dropped, its owners have a while to come back.
    public func sessionClosed(_ session: Int64) {
        loop.assertOnLoop()
        environment.closeSession(session)
        answer(parked.take(session: session)[...], .connectionClosed)
        startGrace(owners.runs(session: session), environment.settings.reconnectGraceMilliseconds)
    }

    /// Calls that are answered at once: a millisecond of the loop's time, about.
    private static let answersAtOnce = 100

    /// Answers calls that nobody waits for any more. They may be thousands: the others have their turn in between.
    private func answer(_ calls: ArraySlice<Call>, _ failure: Failure) {
        for call in calls.prefix(Self.answersAtOnce) where !call.isAnswered { call.answer(.failure(failure)) }
        let rest = calls.dropFirst(Self.answersAtOnce)
        if !rest.isEmpty { _ = loop.schedule(afterMilliseconds: 0) { self.answer(rest, failure) } }
    }

    /// Gives owners a while to come back; those who do not lose their runs together.
    private func startGrace(_ holders: [LeaseHolder], _ milliseconds: Int64) {
        if holders.isEmpty { return }
        let graces = holders.map { holder in
            let grace = Grace(holder)
            owners.graces.updateValue(grace, forKey: holder.run)?.cancel()
            return grace
        }
        _ = loop.schedule(afterMilliseconds: milliseconds) {
            self.perform(
                all: graces.filter { !$0.isCancelled }.map { self.end(of: $0.holder, .disconnected) })
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
        let owned = runs.filter { $0.lease != nil }
        perform(
            all: owned.filter { $0.lease?.boot != environment.boot }.map {
                InterruptRun(run: $0.key, epoch: $0.epoch, cause: .rebooted)
            })
        let holders = owned.filter { $0.lease?.boot == environment.boot }.compactMap(LeaseHolder.init)
        for holder in holders { owners.insert(holder) }
        startGrace(
            holders.filter { $0.kind == .connection }, environment.settings.restartGraceMilliseconds)
        // One time each: one that is dead loses all its runs at once.
        for process in Set(holders.filter { $0.kind != .ttl }.map(\.process)) { watch(process) }
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
