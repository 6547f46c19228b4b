-- name: recorder_get
SELECT run, secret, name, epoch, retain_ms, forgets FROM recorder WHERE run = ?1;

-- All generations of a run have one.
-- name: recorder_secret
SELECT secret FROM run JOIN recorder ON recorder.run = run.key
WHERE run.id = ?2 AND run.user_id = ?1 ORDER BY run.generation DESC LIMIT 1;

-- name: recorder_save
INSERT INTO recorder (run, secret, name, epoch, retain_ms, forgets)
SELECT key, ?3, ?4, ?2, ?5, ?6 FROM run WHERE key = ?1 AND epoch = ?2
ON CONFLICT (run) DO UPDATE SET name = excluded.name, epoch = excluded.epoch, retain_ms = excluded.retain_ms,
    forgets = excluded.forgets;

-- The next run behind ?1 whose bodies are to go by now.
-- name: recorder_overdue
SELECT recorder.run, run.user_id FROM recorder JOIN run ON run.key = recorder.run
WHERE (recorder.retain_ms IS NOT NULL OR recorder.forgets = 1) AND recorder.run > ?1 AND run.closed_at IS NOT NULL
    AND (recorder.forgets = 1 AND run.status = 'completed' OR run.closed_at + recorder.retain_ms <= ?2)
ORDER BY recorder.run LIMIT 1;

-- name: recorder_forgot
UPDATE recorder SET retain_ms = NULL, forgets = 0 WHERE run = ?1;

-- From the last one on: the request of one may begin as that of one before it.
-- name: recording_kept
SELECT key, number FROM recording WHERE run = ?1 AND number < ?2 AND number > ?3 AND forgotten_at IS NULL
ORDER BY number DESC LIMIT 1;

-- name: recording_forget_piece
DELETE FROM recording_piece WHERE recording = ?1 AND position IN
    (SELECT position FROM recording_piece WHERE recording = ?1 LIMIT ?2);

-- A completed one has a body: an empty one.
-- name: recording_forget
UPDATE recording SET response = iif(response IS NULL, NULL, ?2), headers = NULL, splits = NULL, pauses = NULL, keys = '[]',
    tool_refs = NULL, tool_ids = NULL, message = NULL, request_base = NULL, request_shared = 0, request_depth = 0,
    request_bytes = NULL, forgotten_at = ?3
WHERE key = ?1;

-- name: recording_by_number
SELECT {recording} FROM recording WHERE run = ?1 AND number = ?2;

-- name: recording_by_call
SELECT {recording} FROM recording WHERE run = ?1 AND call = ?2;

-- A call may end in a run that was begun anew since.
-- name: recording_by_call_any
SELECT {recording} FROM run JOIN recording ON recording.run = run.key
WHERE run.id = ?2 AND run.user_id = ?1 AND recording.call = ?3 ORDER BY run.generation DESC LIMIT 1;

-- name: recording_page
SELECT {recording} FROM recording WHERE run = ?1 AND number > ?2 ORDER BY number LIMIT ?3;

-- Only what is completed is shared: anything else may still change.
-- name: recording_shared_page
SELECT {recording} FROM recording
WHERE run = ?1 AND number > ?2 AND sequence <= ?4 AND state = 'completed' ORDER BY number LIMIT ?3;

-- name: recording_shared
SELECT {recording} FROM recording WHERE run = ?1 AND number = ?2 AND sequence <= ?3 AND state = 'completed';

-- name: recording_before
SELECT {recording} FROM recording
WHERE run = ?1 AND number < ?2 AND upstream = ?3 AND path = ?4 ORDER BY number DESC LIMIT 1;

-- name: recording_shared_before
SELECT {recording} FROM recording
WHERE run = ?1 AND number < ?2 AND upstream = ?3 AND path = ?4 AND sequence <= ?5 AND state = 'completed'
ORDER BY number DESC LIMIT 1;

-- name: recording_number_of
SELECT number FROM recording WHERE key = ?1;

-- name: recording_open
SELECT {recording} FROM recording WHERE run = ?1 AND state = 'started' AND recorder <> ?2 ORDER BY number;

-- name: recording_started_count
SELECT count(*) FROM recording WHERE run = ?1 AND state = 'started';

-- What a recorder began that is the run's present one.
-- name: recording_under_way
SELECT 1 FROM recorder JOIN recording ON recording.run = recorder.run AND recording.recorder = recorder.name
WHERE recorder.run = ?1 AND recorder.epoch = ?2 AND recording.state = 'started' LIMIT 1;

-- name: recording_last
SELECT max(number) FROM recording WHERE run = ?1;

-- name: recording_shared_last
SELECT number FROM recording WHERE run = ?1 AND sequence <= ?2 AND state = 'completed' ORDER BY number DESC LIMIT 1;

-- name: recording_counts
SELECT state, count(*) FROM recording WHERE run = ?1 GROUP BY state;

-- name: recording_shared_count
SELECT count(*) FROM recording WHERE run = ?1 AND sequence <= ?2 AND state = 'completed';

-- The SELECT is the fence: no row where the run has another epoch.
-- name: recording_insert
INSERT INTO recording ({recording.names})
SELECT {recording.values}
FROM run WHERE key = :run AND :expected = run.epoch;

-- Fenced by the call, and by the state that it was found in: it may end when its run has another owner, or none.
-- name: recording_end
UPDATE recording SET {recording.changes}
WHERE key = :key AND state = iif(:expected = 1, 'in_doubt', 'started');

-- name: recording_block_by_hash
SELECT key FROM recording_block WHERE hash = ?1;

-- Whether any is left of a time when hashes had no secret.
-- name: recording_block_has_plain
SELECT 1 FROM recording_block WHERE length(hash) = 16 LIMIT 1;

-- name: recording_block_rehash
UPDATE recording_block SET hash = ?2 WHERE key = ?1;

-- name: recording_secret_get
SELECT secret FROM recording_secret WHERE user_id = ?1;

-- name: recording_secret_put
INSERT INTO recording_secret (user_id, secret) VALUES (?1, ?2);

-- name: recording_block_insert
INSERT INTO recording_block (hash, length, first, parts) VALUES (?1, ?2, ?3, ?4);

-- name: recording_block_get
SELECT length, first, parts FROM recording_block WHERE key = ?1;

-- name: recording_part_insert
INSERT INTO recording_part (bytes) VALUES (?1);

-- name: recording_parts
SELECT bytes FROM recording_part WHERE key >= ?1 AND key < ?1 + ?2 ORDER BY key;

-- name: recording_piece_insert
INSERT INTO recording_piece (recording, position, block) VALUES (?1, ?2, ?3);

-- name: recording_pieces
SELECT block FROM recording_piece WHERE recording = ?1 AND position < ?2 ORDER BY position;

-- name: recording_request_of
SELECT request_base, request_shared FROM recording WHERE key = ?1;

-- name: reroll_list
SELECT run, number, superseded_by, sequence FROM recording_reroll WHERE run = ?1 AND sequence <= ?2 ORDER BY number;

-- name: reroll_insert
INSERT INTO recording_reroll (run, number, superseded_by, sequence) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (run, number) DO UPDATE SET superseded_by = coalesce(excluded.superseded_by, superseded_by);
