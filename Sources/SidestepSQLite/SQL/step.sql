-- columns step: step.key, step.run, step.name, step.status, step.attempt, step.failures, step.fingerprint, step.at_most_once, step.interrupted, step.holder_pid, step.holder_start, step.retry, step.start_to_close_ms, step.schedule_to_close_ms, step.heartbeat_ms, step.metadata, step.usage, step.first_begun_at, step.begun_at, step.finished_at, step.next_attempt_at, step.attempt_deadline_at, step.deadline_kind, step.holds, step.executor, step.compensation, step.sequence

-- name: step_by_name
SELECT {step} FROM step WHERE run = ?1 AND name = ?2;

-- name: step_outcome
SELECT {step}, output, error FROM step WHERE run = ?1 AND name = ?2;

-- name: step_page
SELECT {step}, output, error FROM step WHERE run = ?1 AND sequence > ?2 ORDER BY sequence;

-- name: step_page_status
SELECT {step}, output, error FROM step WHERE run = ?1 AND sequence > ?2 AND status = ?3 ORDER BY sequence;

-- name: step_counts
SELECT status, count(*) FROM step WHERE run = ?1 GROUP BY status;

-- name: step_open
SELECT {step} FROM step WHERE run = ?1 AND status NOT IN ('completed', 'failed');

-- name: step_by_status
SELECT {step} FROM step JOIN run ON run.key = step.run
WHERE step.status = ?1 AND step.status NOT IN ('completed', 'failed') AND (?2 IS NULL OR run.user_id = ?2)
ORDER BY step.key LIMIT ?3;

-- name: step_compensations
SELECT name FROM step WHERE run = ?1 AND compensation = 1 ORDER BY sequence;

-- name: step_expired
SELECT {step} FROM step WHERE attempt_deadline_at <= ?1 ORDER BY attempt_deadline_at LIMIT ?2;

-- name: step_next_deadline
SELECT min(attempt_deadline_at) FROM step WHERE attempt_deadline_at IS NOT NULL;

-- Of the run and of all runs below it.
-- name: step_usage
WITH RECURSIVE family (key) AS (
    SELECT ?1 UNION ALL SELECT run.key FROM family JOIN run ON run.parent = family.key)
SELECT member.key, sum(member.value) FROM family JOIN step ON step.run = family.key, json_each(step.usage) AS member
WHERE step.usage IS NOT NULL AND member.type = 'integer'
GROUP BY member.key ORDER BY member.key;

-- The SELECT is the fence: no row where the run has another epoch.
-- name: step_insert
INSERT INTO step (run, name, status, attempt, failures, fingerprint, at_most_once, interrupted, holder_pid,
    holder_start, retry, start_to_close_ms, schedule_to_close_ms, heartbeat_ms, metadata, usage, first_begun_at,
    begun_at, finished_at, next_attempt_at, attempt_deadline_at, deadline_kind, sequence, output, error, holds, executor,
    compensation)
SELECT key, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29
FROM run WHERE key = ?1 AND epoch = ?2;

-- name: step_update
UPDATE step SET status = ?4, attempt = ?5, failures = ?6, fingerprint = ?7, at_most_once = ?8, interrupted = ?9,
    holder_pid = ?10, holder_start = ?11, retry = ?12, start_to_close_ms = ?13, schedule_to_close_ms = ?14,
    heartbeat_ms = ?15, metadata = ?16, usage = ?17, first_begun_at = ?18, begun_at = ?19, finished_at = ?20,
    next_attempt_at = ?21, attempt_deadline_at = ?22, deadline_kind = ?23, sequence = ?24, output = ?25, error = ?26, holds = ?27, executor = ?28
WHERE key = ?3 AND run = ?1 AND ?2 = (SELECT epoch FROM run WHERE key = ?1);

-- In back-off the attempt is the one to come, so that a late reply of the forgotten one is recognised as late.
-- name: step_forget_failed
UPDATE step SET status = 'backoff', attempt = attempt + 1, failures = 0, interrupted = 0, finished_at = NULL, next_attempt_at = ?3, error = NULL,
    holder_pid = NULL, holder_start = NULL
WHERE run = ?1 AND status = 'failed' AND ?2 = (SELECT epoch FROM run WHERE key = ?1)
RETURNING name;
