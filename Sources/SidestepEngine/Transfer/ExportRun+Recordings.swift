import SidestepModel
import SidestepProtocol
import SidestepStore

/// Recorded calls, each where it ended: what it began with, and what it came to.
extension ExportSource {
    /// Those that a fork shares, with the entries that they would have in a journal of its own.
    /// `position`: the last one.
    func sharedRecordings(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        if run.origin == nil { return nil }
        let rerolls = try store.rerolls(of: run)
        let found = try store.recordings(of: run, after: place.position, limit: 100)
        var next = place
        for recording in found.items {
            if page.isFull { return next }
            next.position = recording.number
            if recording.run == run.key { continue }
            page.add(ExportLine.entry(recording.entry(.recordingCompleted)))
            try add(recording, &page)
            guard let reroll = rerolls[recording.number], reroll.run != run.key else { continue }
            page.add(ExportLine.entry(recording.entry(.recordingSuperseded)))
            page.add(ExportLine.reroll(reroll))
        }
        return found.hasMore ? next : nil
    }

    /// What an entry of the journal tells of, if it is a recording.
    func addRecording(of entry: JournalEntry, _ page: inout ExportPage) throws {
        guard entry.kind.hasPrefix("recording."), let detail = entry.detail,
            let number = RawJSON(validated: detail)["recording"]?.integer
        else { return }
        if entry.kind == JournalKind.recordingSuperseded.rawValue {
            let rerolls = try store.rerolls(run: run.key, upTo: bound)
            guard let reroll = rerolls.first(where: { $0.number == number }),
                reroll.sequence == entry.sequence
            else { return }
            page.add(ExportLine.reroll(reroll))
        } else if let ended = try store.recording(run: run.key, number: number),
            ended.sequence == entry.sequence
        {
            try add(ended, &page)
        }
    }

    /// Those that were under way. `position`: the last one that was looked at.
    func startedRecordings(_ place: ExportCursor, _ page: inout ExportPage) throws -> ExportCursor? {
        var next = place
        let found = try store.recordings(run: run.key, after: place.position, limit: 100)
        for recording in found {
            if page.isFull { return next }
            next.position = recording.number
            if recording.sequence.map({ $0 <= bound }) ?? false { continue }
            try add(recording, &page, endsLater: true)
        }
        return found.count == 100 ? next : nil
    }

    private func add(
        _ found: RecordingRecord, _ page: inout ExportPage, endsLater: Bool = false
    ) throws {
        let recording = forgotten.map { found.forgotten != nil ? found : found.forgotten(at: $0) } ?? found
        let (base, shared) = try known(recording)
        let own = try store.requestPieces(of: recording).dropFirst(shared).map {
            try store.recordingBlock($0)
        }
        page.add(ExportLine.recording(recording, base: base, shared: shared, pieces: own))
        if recording.state == .started || endsLater { return }
        let kept = recording.forgotten == nil ? recording.response.block : nil
        let body = try kept.map { try store.recordingBlock($0) }
        page.add(ExportLine.recordingEnd(recording, body: body))
    }

    /// What the request begins with, if that is among the lines before it.
    private func known(_ recording: RecordingRecord) throws -> (base: Int64?, shared: Int) {
        guard let body = recording.body, let key = body.base,
            let number = try store.recordingNumber(key: key),
            let base = try store.recording(of: run, number: number), base.key == key,
            recording.run != base.run && recording.run == run.key || isBefore(base, recording)
        else { return (nil, 0) }
        return (number, Int(body.shared))
    }

    private func isBefore(_ base: RecordingRecord, _ recording: RecordingRecord) -> Bool {
        if recording.run != run.key { return base.run != run.key && base.number < recording.number }
        guard let end = base.sequence, end <= bound else { return false }
        return recording.sequence.map { end < $0 || $0 > bound } ?? true
    }
}

extension RecordingRecord {
    fileprivate func entry(_ kind: JournalKind) -> JournalEntry {
        JournalEntry(
            sequence: 0, at: ended ?? started, kind: kind.rawValue, step: nil, attempt: nil,
            detail: kind == .recordingCompleted ? journalDetail : detail { $0.member("recording", number) })
    }
}
