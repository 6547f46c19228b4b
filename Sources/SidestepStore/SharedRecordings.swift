import SidestepModel

/// The recordings of a run as its recorder sees them: its own, and those it shares with the runs it was forked from.
extension StoreReader {
    /// The secret of a run's recorders: that of its generations, or of the nearest run that it was forked from.
    public func recorderSecret(of run: RunRecord) throws(Failure) -> [UInt8]? {
        if let known = try recorderSecret(user: run.userID, id: run.id) { return known }
        for origin in try origins(of: run) {
            if let shared = try recorder(run: origin.run) { return shared.secret }
        }
        return nil
    }

    /// A recording of this number, the run's own or the nearest that it shares.
    public func recording(of run: RunRecord, number: Int64) throws(Failure) -> RecordingRecord? {
        if let own = try recording(run: run.key, number: number) { return own }
        for origin in try origins(of: run) {
            if let shared = try sharedRecording(origin, number: number) { return shared }
        }
        return nil
    }

    /// The last recording that is before another and went to the same place.
    public func recording(
        of run: RunRecord, before last: RecordingRecord
    ) throws(Failure) -> RecordingRecord? {
        var found = try recording(run: run.key, before: last)
        for origin in try origins(of: run) {
            guard let shared = try sharedRecording(origin, before: last) else { continue }
            if shared.number > found?.number ?? 0 { found = shared }
        }
        return found
    }

    /// Recordings behind a number, in their order.
    public func recordings(
        of run: RunRecord, after number: Int64, limit: Int
    ) throws(Failure) -> Page<RecordingRecord> {
        var found = try recordings(run: run.key, after: number, limit: limit + 1)
        for origin in try origins(of: run) {
            let shared = try sharedRecordings(origin, after: number, limit: limit + 1)
            let known = Set(found.map(\.number))
            found += shared.filter { !known.contains($0.number) }
        }
        if run.origin != nil { found.sort { $0.number < $1.number } }
        return Page(found, limit: limit)
    }

    /// The highest number of a recording; 0 when there is none.
    public func lastRecording(of run: RunRecord) throws(Failure) -> Int64 {
        var last = try lastRecording(run: run.key)
        for origin in try origins(of: run) { last = max(last, try lastSharedRecording(origin)) }
        return last
    }

    /// The answers that are not to be given again, by the number of their recordings.
    public func rerolls(of run: RunRecord) throws(Failure) -> [Int64: RecordingReroll] {
        let places = [RunOrigin(run: run.key, sequence: .max)] + (try origins(of: run))
        var found: [Int64: RecordingReroll] = [:]
        for place in places {
            for reroll in try rerolls(run: place.run, upTo: place.sequence) {
                found[reroll.number] = found[reroll.number] ?? reroll
            }
        }
        return found
    }

    /// How many recordings there are in each state that any is in.
    public func recordingCounts(
        of run: RunRecord
    ) throws(Failure) -> [(state: RecordingState, count: Int64)] {
        var counts = Dictionary(
            uniqueKeysWithValues: try recordingCounts(run: run.key).map { ($0.state, $0.count) })
        for origin in try origins(of: run) {
            counts[.completed, default: 0] += try sharedRecordingCount(origin)
        }
        if counts.isEmpty { return [] }
        let superseded = Int64(try rerolls(of: run).count)
        counts[.superseded] = superseded
        counts[.completed, default: 0] -= superseded
        return RecordingState.allCases.compactMap { state in
            counts[state].flatMap { $0 > 0 ? (state: state, count: $0) : nil }
        }
    }
}
