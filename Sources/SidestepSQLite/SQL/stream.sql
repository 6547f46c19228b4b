-- columns stream: stream.key, stream.run, stream.name, coalesce(stream.length, (SELECT start + count FROM stream_chunk WHERE stream = stream.key ORDER BY start DESC LIMIT 1), 0), stream.opened_at, stream.closed_at, stream.final, stream.compacted

-- name: stream_by_name
SELECT {stream} FROM stream WHERE run = ?1 AND name = ?2;

-- name: stream_list
SELECT {stream} FROM stream WHERE run = ?1 ORDER BY key;

-- From the chunk that holds the item on.
-- name: stream_chunks
SELECT start, count, items FROM stream_chunk
WHERE stream = ?1
    AND start >= coalesce((SELECT max(start) FROM stream_chunk WHERE stream = ?1 AND start <= ?2), ?2)
ORDER BY start;

-- name: stream_insert
INSERT INTO stream (run, name, opened_at, compacted) SELECT key, ?3, ?4, 0 FROM run WHERE key = ?1 AND epoch = ?2;

-- name: stream_append
INSERT INTO stream_chunk (stream, start, count, items)
SELECT stream.key, ?4, ?5, ?6 FROM stream JOIN run ON run.key = stream.run
WHERE stream.key = ?1 AND run.key = ?2 AND run.epoch = ?3;

-- name: stream_close
UPDATE stream SET closed_at = ?4, length = ?5, final = ?6, compacted = ?7
WHERE key = ?1 AND run = ?2 AND ?3 = (SELECT epoch FROM run WHERE key = ?2);
