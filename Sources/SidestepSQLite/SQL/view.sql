-- name: view_list
SELECT user_id, name, filter, created_at, updated_at FROM view WHERE user_id = ?1 ORDER BY name;

-- name: view_put
INSERT INTO view (user_id, name, filter, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (user_id, name) DO UPDATE SET filter = excluded.filter, updated_at = excluded.updated_at;

-- name: view_delete
DELETE FROM view WHERE user_id = ?1 AND name = ?2;
