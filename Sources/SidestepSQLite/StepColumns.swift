import SidestepModel
import SidestepStore

extension StepRecord: Stored {
    static var word: String { "step" }
    static var table: String { "step" }
    static var blank: StepRecord { StepRecord(run: 0, name: "", now: Instant(milliseconds: 0)) }

    mutating func pass(through columns: inout some Columns) {
        columns.apart("key", &key)
        columns.once("run", &run)
        columns.once("name", &name)
        var status = status
        columns.column("status", &status)
        stored(as: status)
        columns.column("attempt", &attempt)
        columns.column("failures", &failures)
        columns.column("fingerprint", &fingerprint)
        columns.column("at_most_once", &atMostOnce)
        columns.column("interrupted", &isInterrupted)
        columns.process("holder_pid", "holder_start", "holder_place", &holder)
        columns.column("retry", &retry)
        columns.column("start_to_close_ms", &timeouts.startToClose)
        columns.column("schedule_to_close_ms", &timeouts.scheduleToClose)
        columns.column("heartbeat_ms", &timeouts.heartbeat)
        columns.column("metadata", &metadata)
        columns.column("usage", &usage)
        columns.column("first_begun_at", &firstBegun)
        columns.column("begun_at", &begun)
        columns.column("finished_at", &finished)
        columns.column("next_attempt_at", &nextAttempt)
        columns.column("attempt_deadline_at", &attemptDeadline)
        columns.column("deadline_kind", &deadlineKind)
        columns.column("holds", &hasHold)
        columns.column("executor", &executor)
        columns.once("compensation", &isCompensation)
        columns.column("sequence", &sequence)
    }
}

extension StepOutcome: Stored {
    static var word: String { "outcome" }
    static var table: String { StepRecord.table }
    static var blank: StepOutcome { StepOutcome(step: .blank, output: nil, error: nil) }

    mutating func pass(through columns: inout some Columns) {
        step.pass(through: &columns)
        columns.column("output", &output)
        columns.column("error", &error)
    }
}
