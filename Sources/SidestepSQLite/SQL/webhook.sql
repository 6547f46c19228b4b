-- columns delivery: key, id, webhook, event, sequence, body, status, attempts, next_attempt_at, http_status, problem, created_at, finished_at, place

-- name: webhook_by_key
SELECT {webhook} FROM webhook WHERE key = ?1 AND user_id <= 4294967294;

-- name: webhook_by_name
SELECT {webhook} FROM webhook WHERE user_id = ?1 AND name = ?2;

-- name: webhook_list
SELECT {webhook} FROM webhook WHERE user_id = ?1 ORDER BY name;

-- name: webhook_list_all
SELECT {webhook} FROM webhook WHERE user_id <= 4294967294 ORDER BY key;

-- name: webhook_insert
INSERT INTO webhook ({webhook.names})
VALUES ({webhook.values});

-- name: webhook_update
UPDATE webhook SET {webhook.changes}
WHERE key = :key;

-- No user has this number; its deliveries are deleted as a chore.
-- name: webhook_hide
UPDATE webhook SET user_id = 4294967295, name = 'removed/' || key, paused = 1 WHERE key = ?1;

-- name: delivery_by_id
SELECT {delivery} FROM delivery WHERE id = ?1;

-- name: delivery_by_key
SELECT {delivery} FROM delivery WHERE key = ?1;

-- One webhook's, newest first.
-- name: delivery_list
SELECT key, id, webhook, event, sequence, '', status, attempts, next_attempt_at, http_status, problem, created_at,
    finished_at, place
FROM delivery WHERE webhook = ?1 AND key < ?2 AND (?3 IS NULL OR +status = ?3) ORDER BY key DESC LIMIT ?4;

-- name: delivery_list_status
SELECT key, id, webhook, event, sequence, '', status, attempts, next_attempt_at, http_status, problem, created_at,
    finished_at, place
FROM delivery WHERE webhook = ?1 AND status = ?3 AND key < ?2 ORDER BY key DESC LIMIT ?4;

-- name: delivery_due
SELECT {delivery} FROM delivery WHERE webhook = ?1 AND next_attempt_at <= ?2
    AND coalesce(place, 0) = ?4
ORDER BY next_attempt_at LIMIT ?3;

-- name: delivery_next
SELECT min(next_attempt_at) FROM delivery
WHERE webhook = ?1 AND next_attempt_at IS NOT NULL AND coalesce(place, 0) = ?2;

-- name: delivery_pending
SELECT count(*) FROM
    (SELECT 1 FROM delivery WHERE webhook = ?1 AND next_attempt_at IS NOT NULL LIMIT ?2);

-- name: shift_deliveries
UPDATE delivery SET next_attempt_at = next_attempt_at + ?1 WHERE next_attempt_at IS NOT NULL;

-- name: delivery_insert
INSERT INTO delivery (id, webhook, event, sequence, body, status, attempts, next_attempt_at, http_status, problem,
    created_at, finished_at, place)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- name: delivery_update
UPDATE delivery SET status = ?2, attempts = ?3, next_attempt_at = ?4, http_status = ?5, problem = ?6, finished_at = ?7
WHERE key = ?1;

-- In small batches, with every delivery that is settled: nobody has to think of it.
-- name: delivery_forget
DELETE FROM delivery WHERE key IN
    (SELECT key FROM delivery WHERE finished_at < ?1 AND +status = 'delivered' ORDER BY finished_at LIMIT 100);
