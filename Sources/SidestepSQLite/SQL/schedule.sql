-- name: schedule_by_key
SELECT {schedule} FROM schedule WHERE key = ?1;

-- name: schedule_by_name
SELECT {schedule} FROM schedule WHERE name = ?1 AND (?2 IS NULL OR user_id = ?2) ORDER BY key LIMIT 1;

-- name: schedule_list
SELECT {schedule} FROM schedule WHERE key > ?1 AND (?2 IS NULL OR user_id = ?2) ORDER BY key LIMIT ?3;

-- name: schedule_due
SELECT {schedule} FROM schedule WHERE start_next_at <= ?1 ORDER BY start_next_at LIMIT ?2;

-- name: schedule_next
SELECT min(start_next_at) FROM schedule WHERE start_next_at IS NOT NULL;

-- name: schedule_waiting
SELECT key FROM schedule WHERE waiting_due_at IS NOT NULL;

-- name: schedule_of_run
SELECT {schedule} FROM schedule WHERE last_run = ?1 ORDER BY key LIMIT 10;

-- name: schedule_insert
INSERT INTO schedule ({schedule.names})
VALUES ({schedule.values});

-- name: schedule_update
UPDATE schedule SET {schedule.changes}
WHERE key = :key;

-- name: schedule_delete
DELETE FROM schedule WHERE key = ?1;
