-- name: transfer_last_sequence
SELECT max(coalesce((SELECT max(sequence) FROM journal WHERE run = ?1), 0),
    coalesce((SELECT max(sequence) FROM step WHERE run = ?1), 0));

-- The branches that a run's checkpoints stand on, each as far as one of them reaches.
-- name: transfer_branches
SELECT branch, max(length) FROM checkpoint WHERE run = ?1 AND branch IS NOT NULL AND journal_sequence <= ?2 GROUP BY branch;

-- Keys grow as the journal does, so the next checkpoint is the one with the next key, or there is none before this place.
-- name: transfer_checkpoint
SELECT {checkpoint} FROM checkpoint
WHERE key = (SELECT min(key) FROM checkpoint WHERE run = ?1 AND key > ?2) AND journal_sequence < ?3;

-- name: transfer_artifact
SELECT key, run, name, version, type, content, path, description, created_at FROM artifact
WHERE key = (SELECT min(key) FROM artifact WHERE run = ?1 AND key > ?2);

-- name: transfer_token
SELECT token_hash FROM checkpoint WHERE key = ?1;

-- Out of sight until it is whole: its user is nobody.
-- name: transfer_publish
UPDATE run SET id = ?2, user_id = ?3, owner_place = NULL, head = coalesce(head, (SELECT max(key) FROM checkpoint WHERE run = ?1)) WHERE key = ?1 AND user_id = 4294967295 AND removal IS NULL;

-- name: transfer_place
UPDATE run SET owner_place = ?2 WHERE key = ?1;

-- A hidden event's id has the run's key before it.
-- name: transfer_publish_events
UPDATE event SET user_id = ?2, event_id = iif(
    EXISTS (SELECT 1 FROM event known
        WHERE known.event_id = substr(event.event_id, instr(event.event_id, '/') + 1) AND known.user_id = ?2),
    NULL, substr(event_id, instr(event_id, '/') + 1))
WHERE run = ?1;

-- What no import will finish: none outlives the daemon. Daemons before this one began their ids with a NUL.
-- name: transfer_abandon
UPDATE run SET removal = 'pending', id = 'removed/' || key WHERE user_id = 4294967295 AND removal IS NULL
    AND coalesce(owner_place, 0) = ?1 AND (id >= 'import/' AND id < 'import0' OR id < ' ');

-- name: transfer_abandon_one
UPDATE run SET removal = 'pending', id = 'removed/' || key WHERE key = ?1 AND user_id = 4294967295 AND removal IS NULL;
