-- columns schedule: key, name, user_id, workflow, cron, every_ms, time_zone, overlap, catch_up_ms, jitter_ms, start_at, end_at, paused, problem, input, queue, priority, tags, metadata, retry, code_version, budget, created_at, updated_at, next_due_at, waiting_due_at, last_due_at, last_run, fired, skipped, missed

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
INSERT INTO schedule (workflow, cron, every_ms, time_zone, overlap, catch_up_ms, jitter_ms, start_at, end_at, paused,
    problem, input, queue, priority, tags, metadata, retry, code_version, budget, created_at, updated_at, next_due_at,
    start_next_at, waiting_due_at, last_due_at, last_run, fired, skipped, missed, name, user_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24,
    ?25, ?26, ?27, ?28, ?29, ?30, ?31);

-- name: schedule_update
UPDATE schedule SET workflow = ?1, cron = ?2, every_ms = ?3, time_zone = ?4, overlap = ?5, catch_up_ms = ?6,
    jitter_ms = ?7, start_at = ?8, end_at = ?9, paused = ?10, problem = ?11, input = ?12, queue = ?13, priority = ?14,
    tags = ?15, metadata = ?16, retry = ?17, code_version = ?18, budget = ?19, created_at = ?20, updated_at = ?21,
    next_due_at = ?22, start_next_at = ?23, waiting_due_at = ?24, last_due_at = ?25, last_run = ?26, fired = ?27,
    skipped = ?28, missed = ?29
WHERE key = ?30;

-- name: schedule_delete
DELETE FROM schedule WHERE key = ?1;
