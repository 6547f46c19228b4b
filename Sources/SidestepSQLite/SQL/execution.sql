-- columns execution: execution.step, execution.spec, execution.demand, execution.weight, execution.token, execution.pid, execution.start_ticks, execution.boot, execution.place

-- name: execution_get
SELECT {execution},
    {step}
FROM execution JOIN step ON step.key = execution.step WHERE execution.step = ?1;

-- Those that were under way when the daemon died; without what they do, which may be long.
-- name: execution_running
SELECT execution.step, '', NULL, execution.weight, execution.token, execution.pid, execution.start_ticks, execution.boot,
    execution.place,
    {step}
FROM execution JOIN step ON step.key = execution.step
WHERE step.status = 'running' AND coalesce(execution.place, 0) = ?1;

-- name: execution_due
SELECT step.key, step.next_attempt_at FROM step JOIN run ON run.key = step.run
WHERE step.executor IS NOT NULL AND step.status = 'backoff' AND step.next_attempt_at <= ?1
    AND (step.next_attempt_at, step.key) > (?3, ?4)
    AND ?5 = coalesce((SELECT place FROM execution WHERE execution.step = step.key), 0)
    AND run.closed_at IS NULL AND run.status <> 'paused'
ORDER BY step.next_attempt_at, step.key LIMIT ?2;

-- name: execution_next
SELECT min(step.next_attempt_at) FROM step
WHERE step.executor IS NOT NULL AND step.status = 'backoff' AND step.next_attempt_at > ?1
    AND ?2 = coalesce((SELECT place FROM execution WHERE execution.step = step.key), 0);

-- A step that waits for its breaker is in back-off until the breaker lets one through; they are few.
-- name: execution_hasten
UPDATE step SET next_attempt_at = ?3
WHERE executor IS NOT NULL AND status = 'backoff' AND next_attempt_at > ?3
    AND ?1 = (SELECT json_extract(demand, '$.breaker') FROM execution WHERE execution.step = step.key)
    AND (?2 = -1 OR ?2 = (SELECT user_id FROM run WHERE run.key = step.run));

-- The SELECT is the fence: no row where the run has another epoch.
-- name: execution_insert
INSERT INTO execution (step, spec, demand, weight, token, place)
SELECT ?3, ?4, ?5, ?6, ?7, ?8 FROM run WHERE key = ?1 AND epoch = ?2
ON CONFLICT (step) DO UPDATE SET spec = excluded.spec, demand = excluded.demand, weight = excluded.weight,
    token = excluded.token, place = excluded.place, pid = NULL, start_ticks = NULL, boot = NULL;

-- name: execution_started
UPDATE execution SET pid = ?2, start_ticks = ?3, boot = ?4 WHERE step = ?1;

-- name: execution_delete
DELETE FROM execution WHERE step = ?1;
