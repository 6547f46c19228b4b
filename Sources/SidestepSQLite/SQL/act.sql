-- columns act: sequence, at, method, subject, user_id, by_uid, by_pid, detail

-- name: act_append
INSERT INTO act (sequence, at, method, subject, user_id, by_uid, by_pid, detail)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: act_list
SELECT {act} FROM act WHERE sequence > ?1 ORDER BY sequence LIMIT ?2;

-- Each half in the order of its index, so that a page is merged and not sorted; who did it to his own comes once.
-- name: act_list_user
SELECT {act} FROM act WHERE user_id = ?3 AND sequence > ?1
UNION ALL
SELECT {act} FROM act WHERE by_uid = ?3 AND sequence > ?1 AND user_id <> ?3
ORDER BY sequence LIMIT ?2;

-- The oldest are the first, by their number: what is too old, and what is too many.
-- name: act_forget
DELETE FROM act WHERE sequence IN (SELECT sequence FROM act ORDER BY sequence LIMIT ?3)
    AND (at < ?1 OR sequence <= (SELECT sequence FROM act ORDER BY sequence DESC LIMIT 1 OFFSET ?2));
