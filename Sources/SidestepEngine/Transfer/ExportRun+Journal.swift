import SidestepModel
import SidestepProtocol
import SidestepStore

/// What is written in the order in which it happened: histories of messages, steps, entries and checkpoints.
extension ExportSource {
    /// Messages in one line: far fewer than one call of an import takes.
    private static let messagesOfALine: Int64 = 1000

    /// `index`: which branch; `position`: how many of its own messages are out.
    func messages(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        guard place.index < Int64(branches.count) else { return nil }
        let part = branches[Int(place.index)]
        let start = part.parent?.length ?? 0
        if place.position == 0 {
            page.add(ExportLine.branch(place.index, parent: index(of: part.parent), length: start))
        }
        let from = start + place.position
        let found = try store.messages(
            HistoryPoint(branch: part.key, length: part.length),
            from..<max(from, min(part.length, from + Self.messagesOfALine)), maxBytes: page.room)
        if !found.isEmpty { page.add(ExportLine.messages(place.index, from: from, found)) }
        var next = place
        next.position += Int64(found.count)
        // A branch without messages of its own is there once.
        if next.position >= part.length - start { (next.index, next.position) = (place.index + 1, 0) }
        return next
    }

    /// What a fork reads from its origins. `index`: the last checkpoint; `position`: the last step.
    func shared(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        var next = place
        for origin in try store.origins(of: run).reversed() {
            let steps = try store.sharedSteps(
                origin, after: place.position, limit: 1000, maxBytes: page.room)
            for outcome in steps.items {
                try checkpoints(of: origin.run, before: outcome.step.sequence, &next, &page)
                if page.isFull { return next }
                page.add(ExportLine.step(outcome))
                next.position = outcome.step.sequence
            }
            if !steps.items.isEmpty { return next }
            try checkpoints(of: origin.run, before: origin.sequence + 1, &next, &page)
            if page.isFull { return next }
        }
        return nil
    }

    /// The run's own. `index`: the last checkpoint; `position`: the last entry.
    func journal(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        let history = try store.history(run: run.key, after: place.position, limit: 100)
        var next = place
        for entry in history.items where entry.sequence <= bound {
            try checkpoints(of: run.key, before: entry.sequence, &next, &page)
            if page.isFull { return next }
            if let line = try line(of: entry) { page.add(line) }
            try addRecording(of: entry, &page)
            next.position = entry.sequence
        }
        if history.hasMore, next.position < bound { return next }
        try checkpoints(of: run.key, before: bound + 1, &next, &page)
        return page.isFull ? next : nil
    }

    private func line(of entry: JournalEntry) throws -> RawJSON? {
        switch entry.kind {
        case JournalKind.stepCompleted.rawValue:
            return try entry.step.flatMap { try store.stepOutcome(run: run.key, name: $0) }.map(
                ExportLine.step)
        // It tells how the run came to this daemon, not what happened to it.
        case JournalKind.runImported.rawValue: return nil
        default: return ExportLine.entry(entry)
        }
    }

    /// Adds the checkpoints that were saved before this place in the journal, until the page is full.
    private func checkpoints(
        of key: Int64, before sequence: Int64, _ place: inout ExportCursor, _ page: inout ExportPage
    ) throws {
        while !page.isFull, let found = try store.checkpoint(run: key, after: place.index, before: sequence) {
            page.add(
                ExportLine.checkpoint(
                    found, tokenHash: try store.tokenHash(checkpoint: found.key),
                    branch: index(of: found.history), isHead: found.key == run.head))
            place.index = found.key
        }
    }

    private func index(of point: HistoryPoint?) -> Int? {
        guard let point else { return nil }
        return branches.firstIndex { $0.key == point.branch }
    }
}
