-- name: transfer_last_sequence
SELECT max(coalesce((SELECT max(sequence) FROM journal WHERE run = ?1), 0),
    coalesce((SELECT max(sequence) FROM step WHERE run = ?1), 0));

-- The branches that a run's checkpoints stand on, each as far as one of them reaches.
-- name: transfer_branches
SELECT branch, max(length) FROM checkpoint WHERE run = ?1 AND branch IS NOT NULL GROUP BY branch;

-- name: transfer_token
SELECT token_hash FROM checkpoint WHERE key = ?1;

-- Out of sight until it is whole: no name holds a NUL, and the user is nobody.
-- name: transfer_publish
UPDATE run SET id = ?2, user_id = ?3, head = (SELECT max(key) FROM checkpoint WHERE run = ?1) WHERE key = ?1 AND user_id = 4294967295 AND removal IS NULL;

-- What no import will finish: none outlives the daemon.
-- name: transfer_abandon
UPDATE run SET removal = 'pending', id = char(0) || key WHERE id >= char(0) AND id < char(1) AND removal IS NULL;

-- name: transfer_abandon_one
UPDATE run SET removal = 'pending', id = char(0) || key WHERE key = ?1 AND user_id = 4294967295 AND removal IS NULL;
