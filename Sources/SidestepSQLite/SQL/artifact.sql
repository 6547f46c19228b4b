-- name: artifact_get
SELECT key, run, name, version, type, content, path, description, created_at FROM artifact
WHERE run = ?1 AND name = ?2 AND (?3 IS NULL OR version = ?3) ORDER BY version DESC LIMIT 1;

-- The lists differ in the index that leads; newest first.
-- name: artifact_list
SELECT artifact.key, artifact.run, artifact.name, version, type, NULL, path, description, artifact.created_at
FROM artifact JOIN run ON run.key = artifact.run
WHERE artifact.key < ?1 AND (?2 IS NULL OR user_id = ?2) AND user_id <= 4294967294
ORDER BY artifact.key DESC LIMIT ?3;

-- name: artifact_list_name
SELECT artifact.key, artifact.run, artifact.name, version, type, NULL, path, description, artifact.created_at
FROM artifact JOIN run ON run.key = artifact.run
WHERE artifact.name = ?4 AND artifact.key < ?1 AND (?2 IS NULL OR user_id = ?2) AND user_id <= 4294967294
ORDER BY artifact.key DESC LIMIT ?3;

-- A run has few of them.
-- name: artifact_list_run
SELECT key, run, name, version, type, NULL, path, description, created_at FROM artifact
WHERE run = ?4 AND key < ?1 AND (?2 IS NULL OR name = ?2) ORDER BY key DESC LIMIT ?3;

-- name: artifact_insert
INSERT INTO artifact (run, name, version, type, content, path, description, created_at)
SELECT key, ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM run WHERE key = ?1 AND epoch = ?2;
