-- columns queue: user_id, name, paused, concurrency, key_concurrency, rate_count, rate_ms, rate_burst, tokens, tokens_at

-- name: queue_get
SELECT {queue} FROM queue WHERE user_id = ?1 AND name = ?2;

-- Queues are few; those of runs are found by hopping over the index of runs that wait or run.
-- name: queue_list
SELECT {queue} FROM queue WHERE ?1 IS NULL OR user_id = ?1 ORDER BY name, user_id;

-- name: queue_names
SELECT DISTINCT user_id, queue FROM run WHERE status IN ('queued', 'interrupted') AND (?1 IS NULL OR user_id = ?1)
UNION
SELECT DISTINCT user_id, queue FROM run WHERE status = 'running' AND (?1 IS NULL OR user_id = ?1);

-- name: queue_save
INSERT INTO queue (user_id, name, paused, concurrency, key_concurrency, rate_count, rate_ms, rate_burst, tokens, tokens_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (user_id, name) DO UPDATE SET paused = excluded.paused, concurrency = excluded.concurrency,
    key_concurrency = excluded.key_concurrency, rate_count = excluded.rate_count, rate_ms = excluded.rate_ms,
    rate_burst = excluded.rate_burst, tokens = excluded.tokens, tokens_at = excluded.tokens_at;

-- name: queue_running
SELECT count(*) FROM run WHERE user_id = ?1 AND queue = ?2 AND status = 'running';

-- name: queue_owned
SELECT id FROM run WHERE user_id = ?1 AND queue = ?2 AND status = 'running' ORDER BY owner_since LIMIT ?3;

-- name: queue_owned_of_key
SELECT id FROM run WHERE user_id = ?1 AND queue = ?2 AND concurrency_key = ?4 AND status = 'running'
ORDER BY owner_since LIMIT ?3;

-- name: queue_running_of_key
SELECT count(*) FROM run WHERE user_id = ?1 AND queue = ?2 AND concurrency_key = ?3 AND status = 'running';

-- Counting ends where nobody cares for the exact number.
-- name: queue_before
SELECT count(*) FROM (
    SELECT 1 FROM run WHERE user_id = ?1 AND queue = ?2 AND status IN ('queued', 'interrupted') AND next_attempt_at IS NULL
        AND (priority > ?3 OR (priority = ?3 AND key < ?4)) LIMIT 100000);

-- name: queue_waiting
SELECT count(*) FROM run WHERE user_id = ?1 AND queue = ?2 AND status IN ('queued', 'interrupted');

-- A run whose time has not come has a next_attempt_at, and is not in this index: thousands of them cost nothing here.
-- name: run_ready
SELECT {run} FROM run
WHERE user_id = ?1 AND queue = ?2 AND workflow = ?3 AND status IN ('queued', 'interrupted') AND next_attempt_at IS NULL
    AND (pinned_version IS NULL OR pinned_version = ?4)
    AND (?5 IS NULL OR concurrency_key IS NULL OR ?5 > (
        SELECT count(*) FROM run AS busy
        WHERE busy.user_id = ?1 AND busy.queue = ?2 AND busy.concurrency_key = run.concurrency_key AND busy.status = 'running'))
ORDER BY priority DESC, key LIMIT 1;

-- name: run_open_dedup
SELECT {run} FROM run WHERE user_id = ?1 AND queue = ?2 AND dedup_key = ?3 AND closed_at IS NULL ORDER BY key DESC LIMIT 1;

-- name: run_startable
SELECT {run} FROM run WHERE next_attempt_at <= ?1 AND next_attempt_at IS NOT NULL AND status IN ('queued', 'interrupted')
ORDER BY next_attempt_at LIMIT 100;

-- name: run_next_start
SELECT min(next_attempt_at) FROM run WHERE next_attempt_at IS NOT NULL AND status IN ('queued', 'interrupted');

-- name: run_cancel_due
SELECT {run} FROM run WHERE cancel_at <= ?1 AND cancel_at IS NOT NULL AND closed_at IS NULL ORDER BY cancel_at LIMIT 100;

-- Who has been asked to end has its grace, and is found by that.
-- name: run_deadline_due
SELECT {run} FROM run WHERE deadline_at <= ?1 AND deadline_at IS NOT NULL AND closed_at IS NULL AND cancel_at IS NULL
ORDER BY deadline_at LIMIT 100;

-- name: run_start_deadline_due
SELECT {run} FROM run WHERE start_deadline_at <= ?1 AND start_deadline_at IS NOT NULL AND closed_at IS NULL
ORDER BY start_deadline_at LIMIT 100;

-- name: run_next_cancel
SELECT min(cancel_at) FROM run WHERE cancel_at IS NOT NULL AND closed_at IS NULL;

-- name: run_next_deadline
SELECT min(deadline_at) FROM run WHERE deadline_at IS NOT NULL AND closed_at IS NULL AND cancel_at IS NULL;

-- name: run_next_start_deadline
SELECT min(start_deadline_at) FROM run WHERE start_deadline_at IS NOT NULL AND closed_at IS NULL;

-- name: run_children
SELECT {run} FROM run WHERE parent = ?1 AND key > ?2 AND closed_at IS NULL ORDER BY key LIMIT ?3;
