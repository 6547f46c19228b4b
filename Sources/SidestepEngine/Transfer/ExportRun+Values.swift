import SidestepModel
import SidestepStore

/// What a run has beside its journal.
extension ExportSource {
    /// `position`: the last signal.
    func signals(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        let found = try store.signals(
            run: run.key, name: nil, pendingOnly: false, after: place.position, limit: 100)
        for signal in found.items { page.add(ExportLine.signal(signal)) }
        return found.hasMore ? found.items.last.map { place.moved(to: $0.key) } : nil
    }

    /// Promises, state, budgets and the recorder's secret: all at once, for they are few.
    func values(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        for promise in try store.promises(run: run.key, status: nil) { page.add(ExportLine.promise(promise)) }
        for (name, value) in try store.states(run: run.key) { page.add(ExportLine.state(name, value)) }
        for budget in try store.budgets(run: run.key) { page.add(ExportLine.budget(budget)) }
        if self.forgotten == nil, let secret = try store.recorderSecret(of: run) {
            page.add(ExportLine.recorder(secret))
        }
        return nil
    }

    /// `index`: which stream; `position`: how many of its items are out.
    func streams(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        var next = place
        for stream in try store.streams(run: run.key) where stream.key >= place.index {
            if stream.key > next.index { (next.index, next.position) = (stream.key, 0) }
            if next.position == 0 { page.add(ExportLine.stream(stream)) }
            let chunks =
                stream.isCompacted
                ? []
                : try store.streamChunks(
                    stream: stream.key, from: next.position, maxItems: .max, maxBytes: page.room)
            for chunk in chunks {
                page.add(ExportLine.items(chunk, of: stream))
                next.position = chunk.start + chunk.count
            }
            // What was dropped for the final value is not there to be written.
            if !stream.isCompacted, next.position < stream.next { return next }
            if stream.closed != nil { page.add(ExportLine.streamEnd(stream)) }
            (next.index, next.position) = (stream.key + 1, 0)
            if page.isFull { return next }
        }
        return nil
    }

    /// `position`: the last artifact.
    func artifacts(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        guard let artifact = try store.artifact(run: run.key, after: place.position) else { return nil }
        page.add(ExportLine.artifact(artifact))
        return place.moved(to: artifact.key)
    }

    /// `position`: the last event.
    func events(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        var filter = EventFilter(user: nil)
        filter.run = run.key
        filter.after = place.position
        let found = try store.events(filter)
        for event in found.items { page.add(ExportLine.event(event)) }
        return found.hasMore ? found.items.last.map { place.moved(to: $0.sequence) } : nil
    }

    /// Steps without a result, and failed ones. Open waits begin anew where the run goes on, so they are left out.
    func unfinished(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        for step in try store.openSteps(run: run.key) where step.sequence <= bound && step.status != .waiting
        {
            guard let outcome = try store.stepOutcome(run: run.key, name: step.name) else { continue }
            page.add(ExportLine.step(outcome))
        }
        let failed = try store.steps(
            run: run.key, after: nil, status: .failed, limit: .max, maxBytes: .max)
        for outcome in failed.items { page.add(ExportLine.step(outcome)) }
        return nil
    }
}

extension ExportCursor {
    fileprivate func moved(to position: Int64) -> ExportCursor {
        var next = self
        next.position = position
        return next
    }
}
