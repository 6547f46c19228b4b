-- columns event: sequence, user_id, name, value, run, event_id, at

-- name: event_by_id
SELECT {event} FROM event WHERE event_id = ?1 AND user_id = ?2;

-- The lists differ in the index that leads; what remains is filtered while walking it, oldest first.
-- name: event_list
SELECT {event} FROM event
WHERE sequence > ?1 AND (?2 IS NULL OR user_id = ?2) AND user_id <= 4294967294 AND (?3 IS NULL OR substr(name, 1, length(?3)) = ?3)
ORDER BY sequence LIMIT ?4;

-- name: event_list_name
SELECT {event} FROM event
WHERE name = ?5 AND sequence > ?1 AND (?2 IS NULL OR user_id = ?2) AND user_id <= 4294967294
    AND (?3 IS NULL OR substr(name, 1, length(?3)) = ?3)
ORDER BY sequence LIMIT ?4;

-- name: event_list_run
SELECT {event} FROM event
WHERE run = ?5 AND sequence > ?1 AND (?2 IS NULL OR user_id = ?2) AND user_id <= 4294967294 AND (?6 IS NULL OR +name = ?6)
    AND (?3 IS NULL OR substr(name, 1, length(?3)) = ?3)
ORDER BY sequence LIMIT ?4;

-- Events of a run go with the run; others by their age, in small batches with every new one.
-- name: event_forget
DELETE FROM event WHERE sequence IN (SELECT sequence FROM event WHERE run IS NULL AND at < ?1 ORDER BY at LIMIT 100);

-- name: event_insert
INSERT INTO event (sequence, user_id, name, value, run, event_id, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
