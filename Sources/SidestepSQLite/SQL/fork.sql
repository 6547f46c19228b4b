-- name: fork_origin
SELECT origin, origin_sequence FROM run WHERE key = ?1 AND origin IS NOT NULL;

-- name: fork_set_origin
UPDATE run SET origin = ?2, origin_sequence = ?3 WHERE key = ?1;

-- name: fork_lineage
SELECT source, source_generation, step, checkpoint, recording, from_failed FROM lineage WHERE run = ?1;

-- name: fork_lineage_insert
INSERT INTO lineage (run, source, source_generation, step, checkpoint, recording, from_failed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: fork_list
SELECT id FROM run WHERE origin = ?1 AND removal IS NULL ORDER BY key LIMIT ?2;

-- Forks of forks, too: one that was removed may stand between.
-- name: fork_sharing
WITH RECURSIVE fork(key) AS (
    SELECT key FROM run WHERE origin = ?1 AND origin_sequence >= ?2
    UNION SELECT run.key FROM run JOIN fork ON run.origin = fork.key)
SELECT 1 FROM fork JOIN run ON run.key = fork.key WHERE run.removal IS NULL LIMIT 1;

-- Only what is completed is shared: anything else may still change.
-- name: fork_step
SELECT {outcome} FROM step WHERE run = ?1 AND name = ?2 AND sequence <= ?3 AND status = 'completed';

-- name: fork_step_page
SELECT {outcome} FROM step
WHERE run = ?1 AND sequence > ?2 AND sequence <= ?3 AND status = 'completed' ORDER BY sequence;

-- name: fork_step_count
SELECT count(*) FROM step WHERE run = ?1 AND sequence <= ?2 AND status = 'completed';

-- name: fork_checkpoint
SELECT {checkpoint} FROM checkpoint WHERE run = ?1 AND journal_sequence <= ?2 ORDER BY key DESC LIMIT 1;
