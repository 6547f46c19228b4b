-- columns run: run.key, run.id, run.user_id, run.generation, run.uid, run.workflow, run.status, run.reason, run.attempt, run.interruptions, run.max_interruptions, run.epoch, run.code_version, run.refuses_mismatch, run.retry, run.metadata, run.deadline_at, run.next_attempt_at, run.head, run.created_at, run.updated_at, run.closed_at, run.queue, run.priority, run.concurrency_key, run.dedup_key, run.pinned_version, run.start_deadline_at, run.next_is_date, run.parent, run.detached, run.compensates, run.cancel_requested_at, run.cancel_at, run.cancel_reason, run.owned_ms, run.exhausted, run.origin, run.origin_sequence, run.lease_hash, run.owner_kind, run.owner_pid, run.owner_start, run.owner_uid, run.owner_since, run.lease_session, run.lease_expires_at, run.owner_boot, run.granted_sequence

-- name: run_by_key
SELECT {run} FROM run WHERE key = ?1;

-- name: run_state
SELECT status, epoch FROM run WHERE key = ?1;

-- name: run_latest
SELECT {run} FROM run WHERE id = ?2 AND user_id = ?1 ORDER BY generation DESC LIMIT 1;

-- name: run_generation
SELECT {run} FROM run WHERE id = ?2 AND user_id = ?1 AND generation = ?3;

-- An administrator may ask for a run of any user; the newest one of that id is meant.
-- name: run_latest_any_user
SELECT {run} FROM run WHERE id = ?1 AND (?2 IS NULL OR generation = ?2) ORDER BY key DESC LIMIT 1;

-- name: run_payloads
SELECT input, output, error FROM run_payload WHERE run = ?1;

-- name: run_tags
SELECT name, value FROM run_tag WHERE run = ?1 ORDER BY name;

-- name: run_counts
SELECT status, count(*) FROM run WHERE user_id <= 4294967294 AND (?1 IS NULL OR user_id = ?1) GROUP BY status;

-- Closed runs are many and are passed over: the index begins with the status.
-- name: run_open_counts
SELECT status, count(*) FROM run INDEXED BY run_status
WHERE status IN ('queued', 'running', 'waiting', 'interrupted', 'paused') AND user_id <= 4294967294 GROUP BY status;

-- name: run_by_session
SELECT {run} FROM run WHERE lease_session = ?1 LIMIT ?2;

-- name: run_owned
SELECT {run} FROM run WHERE status = 'running';

-- name: run_expired
SELECT {run} FROM run WHERE lease_expires_at <= ?1 ORDER BY lease_expires_at LIMIT 100;

-- name: run_next_expiry
SELECT min(lease_expires_at) FROM run WHERE lease_expires_at IS NOT NULL;

-- name: run_insert
INSERT INTO run (id, user_id, generation, uid, workflow, status, attempt, interruptions, max_interruptions, epoch,
    code_version, refuses_mismatch, retry, metadata, deadline_at, created_at, updated_at, next_attempt_at, queue, priority,
    concurrency_key, dedup_key, pinned_version, start_deadline_at, next_is_date, parent, detached, compensates)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25,
    ?26, ?27, ?28);

-- name: run_payload_insert
INSERT INTO run_payload (run, input) VALUES (?1, ?2);

-- name: run_update
UPDATE run SET status = ?3, reason = ?4, attempt = ?5, interruptions = ?6, max_interruptions = ?7, epoch = ?8,
    code_version = ?9, refuses_mismatch = ?10, retry = ?11, metadata = ?12, deadline_at = ?13, next_attempt_at = ?14,
    head = ?15, updated_at = ?16, closed_at = ?17, owner_kind = ?18, owner_pid = ?19, owner_start = ?20,
    owner_uid = ?21, owner_since = ?22, lease_hash = ?23, lease_session = ?24, lease_expires_at = ?25,
    owner_boot = ?26, granted_sequence = ?27, next_is_date = ?28, start_deadline_at = ?29,
    compensates = ?30, cancel_requested_at = ?31, cancel_at = ?32, cancel_reason = ?33, owned_ms = ?34,
    exhausted = ?35
WHERE key = ?1 AND epoch = ?2;

-- Apart from run_update, which would otherwise write the indexes that begin with the workflow at every checkpoint.
-- name: run_set_workflow
UPDATE run SET workflow = ?3 WHERE key = ?1 AND epoch = ?2;

-- name: run_set_input
UPDATE run_payload SET input = ?2 WHERE run = ?1;

-- name: run_set_output
UPDATE run_payload SET output = ?2, error = ?3 WHERE run = ?1;

-- name: run_tag_set
INSERT INTO run_tag (run, name, value) VALUES (?1, ?2, ?3)
ON CONFLICT (run, name) DO UPDATE SET value = excluded.value;

-- name: run_tag_delete
DELETE FROM run_tag WHERE run = ?1 AND name = ?2;

-- name: run_delete
DELETE FROM run WHERE key = ?1;
