-- Kept within what a double still counts, whatever clients say.
-- name: usage_add
INSERT INTO usage_hour (hour, user_id, workflow, model, name, amount) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (hour, user_id, workflow, model, name)
DO UPDATE SET amount = max(-4503599627370496, min(amount + excluded.amount, 4503599627370496));

-- name: usage_sums
SELECT CASE ?1 WHEN 'model' THEN model WHEN 'workflow' THEN workflow WHEN 'user' THEN CAST(user_id AS TEXT)
    ELSE CAST(hour AS TEXT) END AS part, name, CAST(max(-9e15, min(total(amount), 9e15)) AS INTEGER)
FROM usage_hour
WHERE hour >= ?2 AND hour < ?3 AND (?4 IS NULL OR user_id = ?4) AND (?5 IS NULL OR workflow = ?5)
    AND (?6 IS NULL OR model = ?6)
GROUP BY part, name ORDER BY part, name;

-- name: usage_forget
DELETE FROM usage_hour WHERE (hour, user_id, workflow, model, name) IN (
    SELECT hour, user_id, workflow, model, name FROM usage_hour WHERE hour < ?1 LIMIT ?2);

-- name: paid_add
INSERT INTO paid (run, generation, name, amount) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (run, generation, name)
DO UPDATE SET amount = max(-4503599627370496, min(amount + excluded.amount, 4503599627370496));

-- A grant adds them to what was saved: however many names a client thinks of, it takes no longer than for some.
-- name: paid_of_run
SELECT name, amount FROM paid WHERE run = ?1 AND generation = ?2 ORDER BY name LIMIT 100;
