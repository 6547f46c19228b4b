-- columns checkpoint: checkpoint.key, checkpoint.id, checkpoint.run, checkpoint.name, checkpoint.step_number, checkpoint.branch, checkpoint.length, coalesce(checkpoint.state, (SELECT bytes FROM blob WHERE key = checkpoint.state_blob)), coalesce(checkpoint.tool_results, (SELECT bytes FROM blob WHERE key = checkpoint.tool_results_blob)), checkpoint.metadata, checkpoint.created_at, checkpoint.journal_sequence

-- name: checkpoint_by_key
SELECT {checkpoint} FROM checkpoint WHERE key = ?1;

-- name: checkpoint_by_id
SELECT {checkpoint} FROM checkpoint WHERE id = ?1;

-- name: checkpoint_by_token
SELECT {checkpoint} FROM checkpoint WHERE token_hash = ?1;

-- name: checkpoint_latest
SELECT {checkpoint} FROM checkpoint WHERE run = ?1 AND (?2 IS NULL OR name = ?2) ORDER BY key DESC LIMIT 1;

-- name: checkpoint_list
SELECT key, id, run, name, step_number, branch, length, NULL, NULL, metadata, created_at, journal_sequence
FROM checkpoint WHERE run = ?1 AND key < ?2 ORDER BY key DESC LIMIT ?3;

-- name: checkpoint_insert
INSERT INTO checkpoint (id, run, name, step_number, branch, length, state, state_blob, tool_results,
    tool_results_blob, metadata, token_hash, created_at, journal_sequence)
SELECT ?3, key, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15 FROM run WHERE key = ?1 AND epoch = ?2;

-- name: checkpoint_delete
DELETE FROM checkpoint WHERE key = (
    SELECT min(key) FROM checkpoint WHERE run = ?1 AND (?2 IS NULL OR key = ?2) AND (?3 IS NULL OR key < ?3))
RETURNING state_blob, tool_results_blob;

-- name: run_clear_head
UPDATE run SET head = NULL
WHERE key = ?1 AND head IS NOT NULL AND NOT EXISTS (SELECT 1 FROM checkpoint WHERE checkpoint.key = run.head);

-- name: branch_insert
INSERT INTO branch (run, parent, parent_length) VALUES (?1, ?2, ?3);

-- name: branch_by_key
SELECT parent, parent_length FROM branch WHERE key = ?1;

-- name: branch_length
SELECT max(branch.parent_length, coalesce((SELECT max(position) + 1 FROM message WHERE branch = branch.key), 0))
FROM branch WHERE branch.key = ?1;

-- name: branch_list
SELECT key FROM branch WHERE run = ?1 AND key < ?2 ORDER BY key DESC LIMIT ?3;

-- How far a branch is still needed: by checkpoints on it and by branches that begin in it.
-- name: branch_needed
SELECT max(
    coalesce((SELECT max(length) FROM checkpoint WHERE branch = ?1), 0),
    coalesce((SELECT max(parent_length) FROM branch WHERE parent = ?1), 0));

-- name: branch_delete
DELETE FROM branch WHERE key = ?1;

-- name: message_insert
INSERT INTO message (branch, position, content) VALUES (?1, ?2, ?3);

-- name: message_range
SELECT content FROM message WHERE branch = ?1 AND position >= ?2 AND position < ?3 ORDER BY position;

-- name: blob_by_hash
SELECT key FROM blob WHERE hash = ?1;

-- name: blob_insert
INSERT INTO blob (hash, bytes) VALUES (?1, ?2);

-- name: blob_delete_unused
DELETE FROM blob WHERE key = ?1
    AND NOT EXISTS (SELECT 1 FROM checkpoint WHERE state_blob = ?1)
    AND NOT EXISTS (SELECT 1 FROM checkpoint WHERE tool_results_blob = ?1);
