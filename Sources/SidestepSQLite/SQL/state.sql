-- name: state_get
SELECT value FROM state WHERE run = ?1 AND name = ?2;

-- name: state_list
SELECT name, value FROM state WHERE run = ?1 ORDER BY name;

-- name: state_set
INSERT INTO state (run, name, value) SELECT key, ?3, ?4 FROM run WHERE key = ?1 AND epoch = ?2
ON CONFLICT (run, name) DO UPDATE SET value = excluded.value;

-- Deletes nothing where the epoch is another one; whether it is, run_fence says.
-- name: state_delete
DELETE FROM state WHERE run = ?1 AND name = ?3 AND ?2 = (SELECT epoch FROM run WHERE key = ?1);

-- name: run_fence
SELECT 1 FROM run WHERE key = ?1 AND epoch = ?2;
