-- name: trace_follow
INSERT OR IGNORE INTO trace (run, sequence) VALUES (?1, ?2);

-- name: trace_runs
SELECT run FROM trace WHERE run > ?1 ORDER BY run LIMIT ?2;

-- name: trace_sequence
SELECT sequence FROM trace WHERE run = ?1;

-- What ended: attempts of steps, recorded calls. Details that are large are nothing for a span.
-- name: trace_ends
SELECT sequence, kind, step, attempt, begun_at, at,
    CASE WHEN length(CAST(detail AS BLOB)) <= ?4 THEN detail END, NULL
FROM journal WHERE run = ?1 AND sequence > ?2
UNION ALL
SELECT sequence, 'step.completed', name, attempt, begun_at, finished_at, NULL, usage
FROM step WHERE run = ?1 AND sequence > ?2 AND status = 'completed'
ORDER BY sequence LIMIT ?3;

-- What happened to the run as a whole, the newest first.
-- name: trace_events
SELECT at, kind, step, CASE WHEN length(CAST(detail AS BLOB)) <= ?3 THEN detail END
FROM journal WHERE run = ?1 AND kind NOT IN ('step.attempt_failed', 'step.failed', 'step.timed_out', 'step.interrupted',
    'step.unknown', 'recording.completed', 'recording.failed', 'recording.superseded')
ORDER BY sequence DESC LIMIT ?2;

-- name: trace_sent
UPDATE trace SET sequence = ?2 WHERE run = ?1;

-- A run that was opened again meanwhile has more to be told of.
-- name: trace_end
DELETE FROM trace WHERE run = ?1
AND NOT EXISTS (SELECT 1 FROM journal WHERE journal.run = ?1 AND journal.sequence > ?2);
