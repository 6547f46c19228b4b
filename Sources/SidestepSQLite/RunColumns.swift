import SidestepModel
import SidestepStore

extension RunRecord: Stored {
    static var word: String { "run" }
    static var table: String { "run" }
    static var blank: RunRecord {
        RunRecord(
            key: 0, id: "", userID: 0, generation: 0, uid: "", workflow: "", now: Instant(milliseconds: 0))
    }

    mutating func pass(through columns: inout some Columns) {
        columns.apart("key", &key)
        columns.once("id", &id)
        columns.once("user_id", &userID)
        columns.once("generation", &generation)
        columns.once("uid", &uid)
        // run_set_workflow writes it: each write would go to the indexes that begin with it at every checkpoint.
        columns.once("workflow", &workflow)
        var status = status
        columns.column("status", &status)
        stored(as: status)
        columns.word("reason", &reason)
        columns.column("attempt", &attempt)
        columns.column("interruptions", &interruptions)
        columns.column("max_interruptions", &maxInterruptions)
        columns.column("epoch", &epoch)
        columns.column("code_version", &codeVersion)
        columns.column("refuses_mismatch", &refusesMismatch)
        columns.column("retry", &retry)
        columns.column("metadata", &metadata)
        columns.column("deadline_at", &deadline)
        columns.column("next_attempt_at", &nextAttempt)
        columns.column("head", &head)
        columns.once("created_at", &created)
        columns.once("traceparent", &traceparent)
        columns.column("updated_at", &updated)
        columns.column("closed_at", &closed)
        placement.pass(through: &columns)
        columns.once("parent", &parent)
        columns.once("detached", &isDetached)
        columns.column("compensates", &compensates)
        columns.cancellation(&cancellation)
        columns.column("owned_ms", &ownedMilliseconds)
        columns.column("exhausted", &isExhausted)
        columns.origin(&origin)
        columns.column("lease_hash", &secretHash)
        columns.lease(&lease)
    }
}

extension Placement {
    /// Its place among the runs that wait, and whether its next attempt has a date.
    fileprivate mutating func pass(through columns: inout some Columns) {
        columns.once("queue", &queue)
        columns.once("priority", &priority)
        columns.once("concurrency_key", &concurrencyKey)
        columns.once("dedup_key", &dedupKey)
        columns.once("pinned_version", &pinnedVersion)
        columns.column("start_deadline_at", &startDeadline)
        columns.column("next_is_date", &startsOnDate)
    }
}

extension Columns {
    /// Of three columns, the last of which may be empty; all are when nobody asked.
    fileprivate mutating func cancellation(_ cancellation: inout Cancellation?) {
        var (requested, final) = (cancellation?.requested, cancellation?.final)
        var reason = cancellation?.reason
        column("cancel_requested_at", &requested)
        column("cancel_at", &final)
        column("cancel_reason", &reason)
        guard let requested, let final else { return cancellation = nil }
        cancellation = Cancellation(requested: requested, final: final, reason: reason)
    }

    fileprivate mutating func origin(_ origin: inout RunOrigin?) {
        var (source, sequence) = (origin?.run, origin?.sequence)
        apart("origin", &source)
        apart("origin_sequence", &sequence)
        origin = source.map { RunOrigin(run: $0, sequence: sequence ?? 0) }
    }

    /// The owner's and the lease's columns: all are empty when nobody holds the run, and most never are alone.
    fileprivate mutating func lease(_ lease: inout HeldLease?) {
        var kind = lease?.owner.kind
        var process = lease?.owner.process
        var (uid, since) = (lease?.owner.uid, lease?.owner.since)
        var (session, expires) = (lease?.session, lease?.expires)
        var (boot, granted) = (lease?.boot, lease?.grantedSequence)
        word("owner_kind", &kind)
        self.process("owner_pid", "owner_start", "owner_place", &process)
        column("owner_uid", &uid)
        column("owner_since", &since)
        column("lease_session", &session)
        column("lease_expires_at", &expires)
        column("owner_boot", &boot)
        column("granted_sequence", &granted)
        guard let kind, let process, let uid, let since, let session, let boot, let granted else {
            return lease = nil
        }
        let owner = Owner(kind: kind, process: process, uid: uid, since: since)
        lease = HeldLease(
            owner: owner, session: session, expires: expires, boot: boot, grantedSequence: granted)
    }
}
