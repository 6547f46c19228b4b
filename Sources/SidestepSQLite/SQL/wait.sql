-- columns signal: key, run, name, message_id, user_id, sent_at, consumed_by, consumed_at, value
-- columns promise: key, run, name, status, created_at, settled_at, settled_by, metadata, value, error

-- name: wait_steps
SELECT {step} FROM wait JOIN step ON step.key = wait.step
WHERE wait.run = ?1 AND wait.kind = ?2 AND wait.name = ?3 ORDER BY wait.step LIMIT ?4;

-- name: wait_insert
INSERT INTO wait (step, position, run, kind, name)
SELECT ?3, ?4, ?5, ?6, ?7 FROM run WHERE key = ?1 AND epoch = ?2;

-- name: wait_exists
SELECT 1 FROM wait WHERE step = ?1;

-- name: wait_delete
DELETE FROM wait WHERE step = ?1;

-- name: timer_list_run
SELECT {step} FROM step
WHERE run = ?1 AND status = 'waiting' AND status NOT IN ('completed', 'failed') AND attempt_deadline_at IS NOT NULL
ORDER BY attempt_deadline_at LIMIT ?2;

-- name: timer_list
SELECT {step} FROM step JOIN run ON run.key = step.run
WHERE step.attempt_deadline_at IS NOT NULL AND step.status = 'waiting' AND (?1 IS NULL OR run.user_id = ?1)
ORDER BY step.attempt_deadline_at LIMIT ?2;

-- name: signal_pending
SELECT {signal} FROM signal WHERE run = ?1 AND name = ?2 AND consumed_by IS NULL ORDER BY key LIMIT 1;

-- name: signal_by_message
SELECT {signal} FROM signal WHERE run = ?1 AND message_id = ?2;

-- name: signal_list
SELECT {signal} FROM signal
WHERE run = ?1 AND key > ?2 AND (?3 IS NULL OR name = ?3) AND (?4 = 0 OR consumed_by IS NULL) ORDER BY key LIMIT ?5;

-- name: signal_pending_count
SELECT count(*) FROM signal WHERE run = ?1 AND consumed_by IS NULL;

-- name: signal_insert
INSERT INTO signal (run, name, message_id, user_id, sent_at, consumed_by, consumed_at, value)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: signal_consume
UPDATE signal SET consumed_by = ?2, consumed_at = ?3 WHERE key = ?1 AND consumed_by IS NULL;

-- Those that one wait took: pending again, in their order.
-- name: signal_give_back
UPDATE signal SET consumed_by = NULL, consumed_at = NULL WHERE run = ?1 AND consumed_by = ?2 RETURNING {signal};

-- name: early_signal_insert
INSERT INTO early_signal (user_id, run_id, name, message_id, sender_id, sent_at, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- In the order of {signal}, of no run.
-- name: early_signal_get
SELECT key, 0, name, message_id, sender_id, sent_at, NULL, NULL, value FROM early_signal
WHERE user_id = ?1 AND run_id = ?2 AND message_id = ?3;

-- name: early_signal_list
SELECT key, 0, name, message_id, sender_id, sent_at, NULL, NULL, value FROM early_signal
WHERE user_id = ?1 AND run_id = ?2 ORDER BY key;

-- name: early_signal_count
SELECT count(*) FROM early_signal WHERE user_id = ?1 AND run_id = ?2;

-- name: early_signal_delete
DELETE FROM early_signal WHERE user_id = ?1 AND run_id = ?2;

-- Those of runs that never came, in small batches with every new one.
-- name: early_signal_forget
DELETE FROM early_signal WHERE key IN (SELECT key FROM early_signal WHERE sent_at < ?1 ORDER BY sent_at LIMIT 100);

-- name: promise_get
SELECT {promise} FROM promise WHERE run = ?1 AND name = ?2;

-- name: promise_list
SELECT {promise} FROM promise WHERE run = ?1 AND (?2 IS NULL OR status = ?2) ORDER BY key;

-- The owner's own promises are fenced; one that is settled before it was made belongs to nobody yet.
-- name: promise_insert
INSERT INTO promise (run, name, status, created_at, settled_at, settled_by, metadata, value, error)
SELECT key, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM run WHERE key = ?1 AND (?2 IS NULL OR epoch = ?2);

-- name: promise_settle
UPDATE promise SET status = ?2, settled_at = ?3, settled_by = ?4, value = ?5, error = ?6
WHERE key = ?1 AND status = 'pending';
