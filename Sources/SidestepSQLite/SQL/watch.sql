-- name: watch_journal
SELECT journal.run, sequence, at, kind, step, journal.attempt, detail FROM journal JOIN run ON run.key = journal.run
WHERE sequence > ?1 AND sequence <= ?2 AND (?3 IS NULL OR run.user_id = ?3)
    AND run.user_id <= 4294967294 ORDER BY sequence;

-- Completed steps are entries under the sequence of their row, and no index over all runs has those: it would cost every
-- step a page. So they are looked for run by run, in those that had begun and not ended at the place that is looked at.
-- name: watch_steps
SELECT run, sequence, finished_at, 'step.completed', name, attempt, NULL FROM step
WHERE run = ?1 AND sequence > ?2 AND sequence <= ?3 AND status = 'completed';

-- A run begins with an entry of the journal, and a closed one has its closing behind its last step.
-- name: watch_runs
SELECT key FROM run INDEXED BY run_status WHERE (status = 'queued' OR status = 'running' OR status = 'waiting' OR status = 'interrupted' OR
        status = 'paused') AND (?2 IS NULL OR user_id = ?2)
    AND EXISTS (SELECT 1 FROM journal WHERE journal.run = run.key AND sequence <= ?1)
UNION ALL SELECT key FROM run INDEXED BY run_closed WHERE closed_at IS NOT NULL AND (?2 IS NULL OR user_id = ?2)
    AND EXISTS (SELECT 1 FROM journal WHERE journal.run = run.key AND sequence <= ?1)
    AND EXISTS (SELECT 1 FROM journal WHERE journal.run = run.key AND sequence > ?1);

-- name: watch_run_goes_on
SELECT 1 FROM run WHERE key = ?1 AND (closed_at IS NULL
    OR EXISTS (SELECT 1 FROM journal WHERE journal.run = run.key AND sequence > ?2));
