-- name: run_by_key
SELECT {run} FROM run WHERE key = ?1;

-- name: run_state
SELECT status, epoch FROM run WHERE key = ?1;

-- name: run_newest
SELECT key FROM run WHERE id = ?2 AND user_id = ?1 ORDER BY generation DESC LIMIT 1;

-- name: run_generation
SELECT {run} FROM run WHERE id = ?2 AND user_id = ?1 AND generation = ?3;

-- An administrator may ask for a run of any user; the newest one of that id is meant.
-- name: run_latest_any_user
SELECT {run} FROM run WHERE id = ?1 AND (?2 IS NULL OR generation = ?2) ORDER BY key DESC LIMIT 1;

-- name: run_payloads
SELECT input, output, error FROM run_payload WHERE run = ?1;

-- name: run_tags
SELECT name, value FROM run_tag WHERE run = ?1 ORDER BY name;

-- name: run_counts
SELECT status, count(*) FROM run WHERE user_id <= 4294967294 AND (?1 IS NULL OR user_id = ?1) GROUP BY status;

-- Closed runs are many and are passed over: the index begins with the status.
-- name: run_open_counts
SELECT status, count(*) FROM run INDEXED BY run_status
WHERE status IN ('queued', 'running', 'waiting', 'interrupted', 'paused') AND user_id <= 4294967294 GROUP BY status;

-- name: run_count
SELECT runs FROM run_count WHERE user_id = ?1;

-- name: run_by_session
SELECT key FROM run WHERE lease_session = ?1 LIMIT ?2;

-- name: run_owned
SELECT {run} FROM run WHERE status = 'running' AND coalesce(owner_place, 0) = ?1;

-- name: run_expired
SELECT {run} FROM run WHERE lease_expires_at <= ?1 ORDER BY lease_expires_at LIMIT 100;

-- name: run_next_expiry
SELECT min(lease_expires_at) FROM run WHERE lease_expires_at IS NOT NULL;

-- name: run_insert
INSERT INTO run ({run.names})
VALUES ({run.values});

-- name: run_payload_insert
INSERT INTO run_payload (run, input) VALUES (?1, ?2);

-- name: run_update
UPDATE run SET {run.changes}
WHERE key = :key AND epoch = :expected;

-- Apart from run_update, which would otherwise write the indexes that begin with the workflow at every checkpoint.
-- name: run_set_workflow
UPDATE run SET workflow = ?3 WHERE key = ?1 AND epoch = ?2;

-- name: run_set_input
UPDATE run_payload SET input = ?2 WHERE run = ?1;

-- name: run_set_output
UPDATE run_payload SET output = ?2, error = ?3 WHERE run = ?1;

-- name: run_tag_set
INSERT INTO run_tag (run, name, value) VALUES (?1, ?2, ?3)
ON CONFLICT (run, name) DO UPDATE SET value = excluded.value;

-- name: run_tag_delete
DELETE FROM run_tag WHERE run = ?1 AND name = ?2;

-- name: run_delete
DELETE FROM run WHERE key = ?1;
