-- name: step_by_name
SELECT {step} FROM step WHERE run = ?1 AND name = ?2;

-- name: step_outcome
SELECT {outcome} FROM step WHERE run = ?1 AND name = ?2;

-- name: step_page
SELECT {outcome} FROM step WHERE run = ?1 AND sequence > ?2 ORDER BY sequence;

-- Of a status that most steps have. Those that few have are found by indexes of their own, named because the order of the
-- other one attracts the planner: a run may have a million completed steps.
-- name: step_page_completed
SELECT {outcome} FROM step WHERE run = ?1 AND sequence > ?2 AND status = 'completed' ORDER BY sequence;

-- name: step_page_failed
SELECT {outcome} FROM step INDEXED BY step_failed WHERE run = ?1 AND sequence > ?2 AND status = 'failed' ORDER BY sequence;

-- name: step_page_open
SELECT {outcome} FROM step INDEXED BY step_open
WHERE run = ?1 AND sequence > ?2 AND status = ?3 AND status NOT IN ('completed', 'failed') ORDER BY sequence;

-- name: step_span
SELECT sequence, name, status, first_begun_at, begun_at, finished_at FROM step
WHERE run = ?1 AND sequence >= ?2 AND finished_at IS NOT NULL ORDER BY sequence LIMIT 1;

-- The completed ones are all others: an index alone counts them.
-- name: step_counts
WITH rare (status, count) AS (
    SELECT status, count(*) FROM step INDEXED BY step_open WHERE run = ?1 AND status NOT IN ('completed', 'failed')
    GROUP BY status
    UNION ALL
    SELECT 'failed', count(*) FROM step INDEXED BY step_failed WHERE run = ?1 AND status = 'failed')
SELECT status, count FROM rare WHERE count > 0
UNION ALL
SELECT 'completed', (SELECT count(*) FROM step WHERE run = ?1) - (SELECT coalesce(sum(count), 0) FROM rare);

-- name: step_open
SELECT {step} FROM step WHERE run = ?1 AND status NOT IN ('completed', 'failed');

-- name: step_by_status
SELECT {step} FROM step JOIN run ON run.key = step.run
WHERE step.status = ?1 AND step.status NOT IN ('completed', 'failed') AND (?2 IS NULL OR run.user_id = ?2)
ORDER BY step.key LIMIT ?3;

-- name: step_compensations
SELECT name FROM step INDEXED BY step_compensation WHERE run = ?1 AND compensation = 1 ORDER BY sequence;

-- name: step_expired
SELECT {step} FROM step WHERE attempt_deadline_at <= ?1 ORDER BY attempt_deadline_at LIMIT ?2;

-- name: step_next_deadline
SELECT min(attempt_deadline_at) FROM step WHERE attempt_deadline_at IS NOT NULL;

-- Of the run and of all runs below it.
-- name: step_usage
WITH RECURSIVE family (key) AS (
    SELECT ?1 UNION ALL SELECT run.key FROM family JOIN run ON run.parent = family.key),
spent (usage) AS (
    SELECT step.usage FROM family JOIN step ON step.run = family.key WHERE step.usage IS NOT NULL
    UNION ALL
    SELECT recording.usage FROM family JOIN recording ON recording.run = family.key
    WHERE recording.usage IS NOT NULL)
SELECT member.key, sum(member.value) FROM spent, json_each(spent.usage) AS member
WHERE member.type = 'integer'
GROUP BY member.key ORDER BY member.key;

-- The SELECT is the fence: no row where the run has another epoch.
-- name: step_insert
INSERT INTO step ({outcome.names})
SELECT {outcome.values}
FROM run WHERE key = :run AND epoch = :expected;

-- name: step_add
INSERT INTO step ({outcome.names})
SELECT {outcome.values}
FROM run WHERE key = :run AND epoch = :expected
ON CONFLICT (run, name) DO NOTHING;

-- name: step_update
UPDATE step SET {outcome.changes}
WHERE key = :key AND run = :run AND :expected = (SELECT epoch FROM run WHERE key = :run);

-- In back-off the attempt is the one to come, so that a late reply of the forgotten one is recognised as late.
-- name: step_forget_failed
UPDATE step SET status = 'backoff', attempt = attempt + 1, failures = 0, interrupted = 0, finished_at = NULL, next_attempt_at = ?3, error = NULL,
    holder_pid = NULL, holder_start = NULL
WHERE run = ?1 AND status = 'failed' AND ?2 = (SELECT epoch FROM run WHERE key = ?1)
RETURNING name;
