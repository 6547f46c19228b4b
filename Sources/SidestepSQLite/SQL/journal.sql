-- name: journal_append
INSERT INTO journal (sequence, run, at, kind, step, attempt, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: journal_last
SELECT max(coalesce((SELECT max(sequence) FROM journal), 0), (SELECT journal FROM counter WHERE key = 1));

-- Before entries are deleted, so that their numbers are never given again.
-- name: journal_keep_last
UPDATE counter SET journal = max(journal, (SELECT coalesce(max(sequence), 0) FROM journal)) WHERE key = 1;

-- name: journal_history
SELECT sequence, at, kind, step, attempt, detail FROM journal
WHERE run = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3;

-- name: journal_progress
SELECT 1 FROM journal
WHERE run = ?1 AND sequence > ?2 AND kind IN ('step.completed', 'checkpoint.saved') LIMIT 1;
