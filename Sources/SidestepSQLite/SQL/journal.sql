-- name: journal_append
INSERT INTO journal (sequence, run, at, kind, step, attempt, begun_at, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: sequence_reserved
SELECT sequence FROM counter WHERE key = 1;

-- name: sequence_reserve
UPDATE counter SET sequence = ?1 WHERE key = 1;

-- Both halves come in the order of an index, so that the page is merged and not sorted.
-- name: journal_history
SELECT sequence, at, kind, step, attempt, detail, begun_at FROM journal WHERE run = ?1 AND sequence > ?2
UNION ALL
SELECT sequence, finished_at, 'step.completed', name, attempt, NULL, NULL FROM step
WHERE run = ?1 AND sequence > ?2 AND status = 'completed'
ORDER BY sequence LIMIT ?3;

-- What leases and their ends tell; the details of others may be large, and a drawing has no room for them.
-- name: journal_entries
SELECT sequence, at, kind, step, attempt, CASE WHEN kind = 'lease.granted' OR kind = 'run.interrupted' THEN detail END
FROM journal WHERE run = ?1 AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3;

-- name: journal_moment
SELECT sequence, at FROM journal WHERE run = ?1 AND sequence >= ?2 ORDER BY sequence LIMIT 1;

-- The newest of each kind among the last entries: bare columns beside max() are those of its row
-- (https://www.sqlite.org/lang_select.html#bareagg).
-- name: journal_newest
SELECT max(sequence), at, kind, step, attempt, detail FROM (
    SELECT * FROM journal WHERE run = ?1 ORDER BY sequence DESC LIMIT ?2)
GROUP BY kind;

-- name: journal_progress
SELECT 1 FROM step WHERE run = ?1 AND sequence > ?2 AND status = 'completed'
UNION ALL
SELECT 1 FROM journal WHERE run = ?1 AND sequence > ?2 AND (kind = 'checkpoint.saved' OR kind = 'recording.completed')
LIMIT 1;
