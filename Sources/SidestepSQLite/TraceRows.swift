import SidestepModel
import SidestepStore

struct TraceStatements {
    let follow, runs, sequence, ends, events, sent, end: Statement

    init(_ connection: Connection, _ library: StatementLibrary) throws(Failure) {
        follow = try library.prepare("trace_follow", on: connection)
        runs = try library.prepare("trace_runs", on: connection)
        sequence = try library.prepare("trace_sequence", on: connection)
        ends = try library.prepare("trace_ends", on: connection)
        events = try library.prepare("trace_events", on: connection)
        sent = try library.prepare("trace_sent", on: connection)
        end = try library.prepare("trace_end", on: connection)
    }
}

extension SQLiteSession {
    func tracedRuns(after run: Int64, limit: Int) throws(Failure) -> [Int64] {
        try traces.runs.all(run, Int64(limit)) { $0.integer() }
    }

    func tracedSequence(run: Int64) throws(Failure) -> Int64? {
        try traces.sequence.first(run) { $0.integer() }
    }

    func tracedEnds(
        run: Int64, after sequence: Int64, limit: Int, detailBytes: Int
    ) throws(Failure) -> Page<TracedEnd> {
        try traces.ends.page(run, sequence, Int64(limit) + 1, Int64(detailBytes), limit: limit) {
            TracedEnd(
                sequence: $0.integer(), kind: $0.string(), step: $0.optionalString(),
                attempt: $0.optionalInteger(), begun: $0.optionalInstant(), at: $0.instant(),
                detail: $0.optionalPayload(), usage: $0.optionalPayload())
        }
    }

    func tracedEvents(run: Int64, limit: Int, detailBytes: Int) throws(Failure) -> Page<TracedEvent> {
        try traces.events.page(run, Int64(limit) + 1, Int64(detailBytes), limit: limit) {
            TracedEvent(
                at: $0.instant(), kind: $0.string(), step: $0.optionalString(), detail: $0.optionalPayload())
        }
    }

    func follow(run: Int64, from sequence: Int64) throws(Failure) {
        try traces.follow.run(run, sequence)
    }

    func traced(run: Int64, upTo sequence: Int64) throws(Failure) { try traces.sent.run(run, sequence) }

    func tracedAll(run: Int64, upTo sequence: Int64) throws(Failure) { try traces.end.run(run, sequence) }
}
