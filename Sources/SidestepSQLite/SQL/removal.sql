-- name: tombstone_get
SELECT generation, epoch FROM tombstone WHERE id = ?1 AND user_id = ?2;

-- name: tombstone_put
INSERT INTO tombstone (id, user_id, generation, epoch, removed_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (id, user_id) DO UPDATE SET generation = max(generation, excluded.generation),
    epoch = max(epoch, excluded.epoch), removed_at = excluded.removed_at;

-- name: tombstone_forget
DELETE FROM tombstone WHERE (id, user_id) IN
    (SELECT id, user_id FROM tombstone WHERE removed_at < ?1 ORDER BY removed_at LIMIT ?2);

-- name: run_closed_page
SELECT closed_at, key, workflow, status, user_id FROM run INDEXED BY run_closed
WHERE closed_at IS NOT NULL AND (closed_at, key) > (?1, ?2) AND closed_at <= ?3 AND user_id <= 4294967294
ORDER BY closed_at, key LIMIT ?4;

-- name: run_open_child
SELECT 1 FROM run WHERE parent = ?1 AND closed_at IS NULL LIMIT 1;

-- Bytes, not characters; the rows have to be read for it.
-- name: run_payload_bytes
SELECT coalesce((SELECT sum(length(CAST(output AS BLOB)) + 200) FROM step WHERE run = ?1 AND output IS NOT NULL), 0)
    + coalesce((SELECT sum(coalesce(length(CAST(input AS BLOB)), 0) + coalesce(length(CAST(output AS BLOB)), 0))
        FROM run_payload WHERE run = ?1), 0)
    + coalesce((SELECT sum(length(CAST(content AS BLOB)) + 20) FROM branch JOIN message ON message.branch = branch.key
        WHERE branch.run = ?1), 0)
    + coalesce((SELECT sum(coalesce(response_bytes, 0) + 600) FROM recording WHERE run = ?1), 0)
    + coalesce((SELECT sum(recording_block.length) FROM recording JOIN recording_piece ON recording_piece.recording = recording.key
        JOIN recording_block ON recording_block.key = recording_piece.block WHERE recording.run = ?1), 0)
    + coalesce((SELECT count(*) * 120 FROM journal WHERE run = ?1), 0) + 600;

-- name: retention_list
SELECT workflow, status, keep_ms FROM retention ORDER BY workflow, status LIMIT 10000;

-- name: retention_put
INSERT INTO retention (workflow, status, keep_ms) VALUES (?1, ?2, ?3)
ON CONFLICT (workflow, status) DO UPDATE SET keep_ms = excluded.keep_ms;

-- name: retention_delete
DELETE FROM retention WHERE workflow = ?1 AND status = ?2;

-- No user has this number, so nobody can ask for this id, and the epoch is one that no lease has.
-- name: removal_begin
UPDATE run SET id = 'removed/' || key, user_id = 4294967295, removal = 'pending', epoch = epoch + 1,
    status = iif(closed_at IS NULL, 'cancelled', status), reason = NULL, closed_at = coalesce(closed_at, ?3),
    next_attempt_at = NULL, head = NULL, lease_hash = NULL
WHERE key = ?1 AND epoch = ?2 AND status <> 'running';

-- name: removal_next
SELECT key, origin FROM run WHERE removal = 'pending' LIMIT 1;

-- How much of a removed run its forks still read; nothing for one without forks.
-- name: removal_needed
SELECT max(origin_sequence) FROM run WHERE origin = ?1;

-- name: removal_steps
DELETE FROM step WHERE key IN (SELECT key FROM step WHERE run = ?1 AND sequence > ?2 LIMIT ?3);

-- name: removal_journal
DELETE FROM journal WHERE sequence IN (SELECT sequence FROM journal WHERE run = ?1 LIMIT ?2);

-- Open waits, timers and holds go with their steps, so that a removed run never wakes.
-- name: removal_open_steps
DELETE FROM step WHERE run = ?1 AND status NOT IN ('completed', 'failed');

-- name: removal_chunks
DELETE FROM stream_chunk WHERE key IN (SELECT stream_chunk.key FROM stream
    JOIN stream_chunk ON stream_chunk.stream = stream.key WHERE stream.run = ?1 LIMIT ?2);

-- name: removal_artifacts
DELETE FROM artifact WHERE key IN (SELECT key FROM artifact WHERE run = ?1 LIMIT ?2);

-- name: removal_events
DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE run = ?1 LIMIT ?2);

-- name: removal_signals
DELETE FROM signal WHERE key IN (SELECT key FROM signal WHERE run = ?1 LIMIT ?2);

-- name: removal_state
DELETE FROM state WHERE run = ?1 AND name IN (SELECT name FROM state WHERE run = ?1 LIMIT ?2);

-- name: removal_tags
DELETE FROM run_tag WHERE run = ?1;

-- name: removal_payload
DELETE FROM run_payload WHERE run = ?1;

-- A fork has a checkpoint of its own; a fork of it, at an earlier point, needs an earlier one.
-- name: removal_checkpoints
DELETE FROM checkpoint WHERE key IN (SELECT key FROM checkpoint WHERE run = ?1 AND journal_sequence > ?2 LIMIT ?3)
RETURNING state_blob, tool_results_blob;

-- Behind the last one that a fork shares: the requests of those before it may be what that one's begins with. What nobody
-- needs any more of their bytes goes with them (m0013).
-- name: removal_recordings
DELETE FROM recording WHERE key IN (SELECT key FROM recording WHERE run = ?1 AND number > ?2 LIMIT ?3);

-- name: removal_messages
DELETE FROM message WHERE rowid IN (SELECT rowid FROM message WHERE branch = ?1 AND position >= ?2 LIMIT ?3);

-- name: removal_keep
UPDATE run SET removal = 'kept' WHERE key = ?1;

-- Its last fork may be gone: what was kept is looked at again.
-- name: removal_again
UPDATE run SET removal = 'pending' WHERE key = ?1 AND removal = 'kept';
