-- columns memory: n.path, m.item_key, m.value, m.created_at, m.updated_at, m.ttl_ms, m.expires_at

-- Paths from ?2 up to ?3 are those of a namespace and all below it.

-- name: memory_get
SELECT {memory} FROM memory_namespace AS n JOIN memory AS m ON m.namespace = n.key
WHERE n.user_id = ?1 AND n.path = ?2 AND m.item_key = ?3 AND (m.expires_at IS NULL OR m.expires_at > ?4);

-- name: memory_by_key
SELECT {memory} FROM memory AS m JOIN memory_namespace AS n ON n.key = m.namespace WHERE m.key = ?1;

-- Only keys are sorted: values are read one by one, until there are enough.
-- name: memory_newest
SELECT m.key FROM memory_namespace AS n CROSS JOIN memory AS m ON m.namespace = n.key
WHERE n.user_id = ?1 AND n.path >= ?2 AND n.path < ?3 AND (m.expires_at IS NULL OR m.expires_at > ?4)
ORDER BY m.updated_at DESC, m.key DESC;

-- name: memory_namespaces
SELECT path FROM memory_namespace AS n
WHERE user_id = ?1 AND path >= ?2 AND path < ?3 AND EXISTS (
    SELECT 1 FROM memory AS m WHERE m.namespace = n.key AND (m.expires_at IS NULL OR m.expires_at > ?4))
ORDER BY path;

-- name: memory_count
SELECT count(*) FROM memory;

-- name: memory_namespace_key
SELECT key FROM memory_namespace WHERE user_id = ?1 AND path = ?2;

-- name: memory_namespace_add
INSERT INTO memory_namespace (user_id, path) VALUES (?1, ?2);

-- One that expired is another one when it comes again.
-- name: memory_put
INSERT INTO memory (namespace, item_key, value, created_at, updated_at, ttl_ms, expires_at)
VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)
ON CONFLICT (namespace, item_key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at,
    created_at = iif(expires_at <= excluded.updated_at, excluded.created_at, created_at),
    ttl_ms = excluded.ttl_ms, expires_at = excluded.expires_at;

-- name: memory_refresh
UPDATE memory SET expires_at = ?4 + ttl_ms
WHERE namespace = (SELECT key FROM memory_namespace WHERE user_id = ?1 AND path = ?2) AND item_key = ?3
    AND (expires_at IS NULL OR expires_at > ?4);

-- name: memory_delete
DELETE FROM memory
WHERE namespace = (SELECT key FROM memory_namespace WHERE user_id = ?1 AND path = ?2) AND item_key = ?3
    AND (expires_at IS NULL OR expires_at > ?4);

-- name: memory_clear
DELETE FROM memory WHERE key IN (
    SELECT m.key FROM memory_namespace AS n CROSS JOIN memory AS m ON m.namespace = n.key
    WHERE n.user_id = ?1 AND n.path >= ?2 AND n.path < ?3 AND m.updated_at <= ?4 LIMIT ?5);

-- name: memory_expire
DELETE FROM memory WHERE key IN (SELECT key FROM memory WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2);
