-- name: watch_journal
SELECT journal.run, sequence, at, kind, step, journal.attempt, detail FROM journal JOIN run ON run.key = journal.run
WHERE sequence > ?1 AND sequence <= ?2 AND (?3 IS NULL OR run.user_id = ?3)
    AND run.user_id <= 4294967294 ORDER BY sequence;

-- Completed steps are entries under the sequence of their row, and no index over all runs has those: it would cost every
-- step a page. But a run that is not open now was closed behind its last step, and that entry is in the journal.
-- name: watch_steps
SELECT step.run, step.sequence, step.finished_at, 'step.completed', step.name, step.attempt, NULL
FROM step JOIN run ON run.key = step.run
WHERE step.run IN (
        SELECT run FROM journal WHERE sequence > ?1
        UNION SELECT key FROM run WHERE status IN ('queued', 'running', 'waiting', 'interrupted', 'paused'))
    AND step.sequence > ?1 AND step.sequence <= ?2 AND +step.status = 'completed' AND (?3 IS NULL OR run.user_id = ?3)
    AND run.user_id <= 4294967294;
