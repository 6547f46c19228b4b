-- name: journal_append
INSERT INTO journal (run, at, kind, step, attempt, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: journal_history
SELECT sequence, at, kind, step, attempt, detail FROM journal
WHERE run = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3;

-- name: journal_progress
SELECT 1 FROM journal
WHERE run = ?1 AND sequence > ?2 AND kind IN ('step.completed', 'checkpoint.saved') LIMIT 1;
