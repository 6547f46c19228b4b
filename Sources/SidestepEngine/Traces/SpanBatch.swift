import SidestepModel
import SidestepStore

/// What some runs have to be told of, as one look finds it.
struct SpanBatch: Sendable {
    /// How far a run was told of.
    struct Sent: Sendable {
        var run: Int64
        var upTo: Int64
        /// Whether nothing is left to be told.
        var isAll: Bool
    }

    /// Spans in one request: as many as the SDKs of OpenTelemetry put there.
    static let limit = 512

    private(set) var spans: [Span] = []
    private(set) var sent: [Sent] = []
    /// Runs that there was no room for, or not for all of them.
    private(set) var left: [Int64] = []

    /// - Parameter runs: the keys of runs that may have something new.
    init(_ store: any StoreReader, runs: [Int64]) throws {
        for run in runs {
            if spans.count < Self.limit { try add(run, store) } else { left.append(run) }
        }
    }

    private mutating func add(_ key: Int64, _ store: any StoreReader) throws {
        guard let before = try store.tracedSequence(run: key), let run = try store.run(key: key) else {
            return
        }
        let rules = SpansOfRun(run)
        // Whoever began the trace keeps none of it.
        guard rules.trace.context.isSampled, run.userID != RunRecord.nobody else {
            return sent.append(
                Sent(run: key, upTo: try store.lastSequence(run: key), isAll: run.status.isClosed))
        }
        let ends = try store.tracedEnds(
            run: key, after: before, limit: Self.limit - spans.count, detailBytes: SpansOfRun.detailBytes)
        for end in ends.items {
            let recording = try SpansOfRun.recording(of: end).flatMap {
                try store.recording(run: key, number: $0)
            }
            if let span = rules.span(of: end, recording: recording) { spans.append(span) }
        }
        let isAll = !ends.hasMore && run.status.isClosed
        if isAll, let span = try rules.span(of: store) { spans.append(span) }
        if ends.hasMore { left.append(key) }
        let upTo = ends.items.last?.sequence ?? before
        if isAll || upTo > before { sent.append(Sent(run: key, upTo: upTo, isAll: isAll)) }
    }
}

extension SpansOfRun {
    fileprivate func span(of store: any StoreReader) throws -> Span? {
        span(
            try store.tracedEvents(run: run.key, limit: Self.events, detailBytes: Self.detailBytes),
            tags: try store.runTags(key: run.key))
    }
}

/// Writes down what the collector has taken.
struct SettleSpans: Command {
    let sent: [SpanBatch.Sent]

    /// It makes room, if anything.
    var space: SpaceUse { .frees }

    func perform(_ store: any StoreTransaction, _ call: inout CallContext) throws {
        for sent in sent {
            // What has happened since is told of next.
            try store.traced(run: sent.run, upTo: sent.upTo)
            if sent.isAll { try store.tracedAll(run: sent.run, upTo: sent.upTo) }
        }
    }
}

extension StoreTransaction {
    /// Has what the job wrote to journals told of in traces.
    func trace(_ note: JournalNote, _ call: inout CallContext) throws {
        if SpanSource.begins.contains(note.entry.kind) {
            try follow(run: note.run, from: note.entry.sequence - 1)
        }
        call.after(.traced(run: note.run))
    }
}

private enum SpanSource {
    /// From these on a run is told of: one that was made before there was a collector, from its next owner on.
    static let begins: Set<String> = Set(
        [JournalKind.runCreated, .leaseGranted, .runReopened].map(\.rawValue))
}
