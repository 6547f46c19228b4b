-- columns graph: c.key, c.place, c.id, c.parent, c.type, c.data, c.metadata, c.channels, c.deltas, p.thread, p.namespace

-- name: graph_place
SELECT key FROM graph_place WHERE user_id = ?1 AND thread = ?2 AND namespace = ?3;

-- name: graph_places
SELECT key, namespace FROM graph_place WHERE user_id = ?1 AND thread = ?2;

-- name: graph_place_add
INSERT INTO graph_place (user_id, thread, namespace) VALUES (?1, ?2, ?3);

-- name: graph_get
SELECT {graph} FROM graph_checkpoint AS c JOIN graph_place AS p ON p.key = c.place
WHERE c.place = ?1 AND c.id = ?2;

-- name: graph_newest
SELECT {graph} FROM graph_checkpoint AS c JOIN graph_place AS p ON p.key = c.place
WHERE c.place = ?1 ORDER BY c.id DESC LIMIT 1;

-- A missing member and null are alike, as for a dictionary's get.
-- name: graph_list
SELECT {graph} FROM graph_place AS p JOIN graph_checkpoint AS c ON c.place = p.key
WHERE p.user_id = ?1 AND (?2 IS NULL OR p.thread = ?2) AND (?3 IS NULL OR p.namespace = ?3)
    AND (?4 IS NULL OR c.id = ?4) AND (?5 IS NULL OR c.id < ?5)
    AND (?6 IS NULL OR NOT EXISTS (
        SELECT 1 FROM json_each(?6) AS wanted
        LEFT JOIN json_each(c.metadata) AS found ON found.key = wanted.key
        WHERE found.value IS NOT wanted.value))
    AND (?7 IS NULL OR (c.id, c.key) < (?7, ?8))
ORDER BY c.id DESC, c.key DESC LIMIT ?9;

-- name: graph_values
SELECT channel, type, data FROM graph_value JOIN graph_blob ON graph_blob.key = graph_value.blob
WHERE checkpoint = ?1 ORDER BY channel;

-- name: graph_writes
SELECT task, path, number, channel, type, data FROM graph_write
WHERE place = ?1 AND checkpoint = ?2 ORDER BY path, task, number;

-- name: graph_checkpoint_delete
DELETE FROM graph_checkpoint WHERE place = ?1 AND id = ?2;

-- name: graph_checkpoint_add
INSERT INTO graph_checkpoint (place, id, parent, type, data, metadata, channels, deltas)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: graph_blob_find
SELECT key FROM graph_blob WHERE hash = ?1;

-- name: graph_blob_add
INSERT INTO graph_blob (hash, type, data) VALUES (?1, ?2, ?3);

-- name: graph_value_add
INSERT INTO graph_value (checkpoint, channel, blob) VALUES (?1, ?2, ?3);

-- name: graph_write_keep
INSERT OR IGNORE INTO graph_write (place, checkpoint, task, number, path, channel, type, data)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: graph_write_replace
INSERT OR REPLACE INTO graph_write (place, checkpoint, task, number, path, channel, type, data)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: graph_writes_delete
DELETE FROM graph_write
WHERE key IN (SELECT key FROM graph_write WHERE place = ?1 AND checkpoint = ?2 LIMIT ?3);

-- No user has this number.
-- name: graph_thread_hide
UPDATE graph_place SET user_id = 4294967295, thread = 'removed/' || key WHERE user_id = ?1 AND thread = ?2 RETURNING key;

-- name: graph_user_place
SELECT key FROM graph_place WHERE user_id = ?1 AND key > ?2 ORDER BY key LIMIT 1;

-- A part of a place in the order of its ids, and whether one of the runs made it.
-- name: graph_made_by
SELECT id, metadata ->> '$.run_id' IN (SELECT value FROM json_each(?3)) FROM graph_checkpoint
WHERE place = ?1 AND id > ?2 ORDER BY id LIMIT ?4;

-- What hangs on what, without the states.
-- name: graph_links
SELECT key, id, parent, channels, deltas FROM graph_checkpoint WHERE place = ?1 AND (?2 IS NULL OR id < ?2)
ORDER BY id DESC LIMIT ?3;

-- name: graph_link
SELECT key, id, parent, channels, deltas FROM graph_checkpoint WHERE place = ?1 AND id = ?2;

-- name: graph_value_channels
SELECT channel FROM graph_value WHERE checkpoint = ?1;

-- The next id of a place: a write may come before its checkpoint.
-- name: graph_next_id
SELECT min(coalesce((SELECT min(id) FROM graph_checkpoint WHERE place = ?1 AND id > ?2), char(1114111)),
    coalesce((SELECT min(checkpoint) FROM graph_write WHERE place = ?1 AND checkpoint > ?2), char(1114111)));

-- What is in the target stays as it is: a checkpoint that it has gets no values of the other one's.
-- name: graph_copy_checkpoint
INSERT INTO graph_checkpoint (place, id, parent, type, data, metadata, channels, deltas)
SELECT ?2, id, parent, type, data, metadata, channels, deltas FROM graph_checkpoint AS c
WHERE place = ?1 AND id = ?3
    AND NOT EXISTS (SELECT 1 FROM graph_checkpoint AS d WHERE d.place = ?2 AND d.id = c.id);

-- name: graph_copy_values
INSERT INTO graph_value (checkpoint, channel, blob)
SELECT ?2, channel, blob FROM graph_value WHERE checkpoint = (SELECT key FROM graph_checkpoint WHERE place = ?1 AND id = ?3);

-- name: graph_checkpoint_bytes
SELECT length(data) FROM graph_checkpoint WHERE place = ?1 AND id = ?2;

-- name: graph_write_places
SELECT task, number, length(data) FROM graph_write
WHERE place = ?1 AND checkpoint = ?2 AND (task, number) > (?3, ?4) ORDER BY task, number LIMIT ?5;

-- name: graph_copy_writes
INSERT OR IGNORE INTO graph_write (place, checkpoint, task, number, path, channel, type, data)
SELECT ?2, checkpoint, task, number, path, channel, type, data FROM graph_write
WHERE place = ?1 AND checkpoint = ?3 AND task = ?4 AND number = ?5;
