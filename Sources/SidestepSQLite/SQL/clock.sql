-- name: clock_get
SELECT boot, offset_ms FROM clock WHERE key = 1;

-- name: clock_save
INSERT INTO clock (key, boot, offset_ms) VALUES (1, ?1, ?2)
ON CONFLICT (key) DO UPDATE SET boot = excluded.boot, offset_ms = excluded.offset_ms;

-- The clock was set: the end of every running delay moves with it. Times of beginning move too where the rest of a
-- time-out is counted from them.
-- name: shift_steps
UPDATE step SET first_begun_at = first_begun_at + ?1, begun_at = begun_at + ?1,
    next_attempt_at = next_attempt_at + iif(deadline_kind = 'date', 0, ?1),
    attempt_deadline_at = attempt_deadline_at + iif(deadline_kind = 'date', 0, ?1)
WHERE status NOT IN ('completed', 'failed');

-- name: shift_starts
UPDATE run SET next_attempt_at = next_attempt_at + ?1
WHERE next_attempt_at IS NOT NULL AND status IN ('queued', 'interrupted') AND next_is_date = 0;

-- name: shift_start_deadlines
UPDATE run SET start_deadline_at = start_deadline_at + ?1
WHERE start_deadline_at IS NOT NULL AND closed_at IS NULL AND next_is_date = 0;

-- name: shift_owners
UPDATE run SET owner_since = owner_since + ?1, lease_expires_at = lease_expires_at + ?1, next_attempt_at = next_attempt_at + ?1
WHERE status = 'running';

-- name: shift_cancels
UPDATE run SET cancel_at = cancel_at + ?1 WHERE cancel_at IS NOT NULL AND closed_at IS NULL;

-- name: shift_limits
UPDATE "limit" SET tokens_at = tokens_at + ?1;

-- name: shift_queues
UPDATE queue SET tokens_at = tokens_at + ?1;

-- name: shift_breakers
UPDATE breaker SET opened_at = opened_at + ?1;
