-- What payloads take, table by table in the order of the keys: key, user, workflow, bytes, and whether it is an open run.
-- A text is cast, for length() counts its characters. octet_length() would not read it, but is of SQLite 3.43.

-- name: space_run
SELECT r.key, r.user_id, r.workflow,
    coalesce(length(CAST(r.metadata AS BLOB)), 0) + coalesce(length(CAST(p.input AS BLOB)), 0)
        + coalesce(length(CAST(p.output AS BLOB)), 0) + coalesce(length(CAST(p.error AS BLOB)), 0)
        + coalesce((SELECT sum(length(CAST(value AS BLOB))) FROM state WHERE run = r.key), 0),
    r.closed_at IS NULL
FROM run AS r LEFT JOIN run_payload AS p ON p.run = r.key WHERE r.key > ?1 ORDER BY r.key LIMIT ?2;

-- name: space_step
SELECT s.key, r.user_id, r.workflow,
    coalesce(length(CAST(s.output AS BLOB)), 0) + coalesce(length(CAST(s.error AS BLOB)), 0)
        + coalesce(length(CAST(s.metadata AS BLOB)), 0), 0
FROM step AS s LEFT JOIN run AS r ON r.key = s.run WHERE s.key > ?1 ORDER BY s.key LIMIT ?2;

-- name: space_message
SELECT m.rowid, r.user_id, r.workflow, length(CAST(m.content AS BLOB)), 0
FROM message AS m LEFT JOIN branch AS b ON b.key = m.branch LEFT JOIN run AS r ON r.key = b.run
WHERE m.rowid > ?1 ORDER BY m.rowid LIMIT ?2;

-- name: space_checkpoint
SELECT c.key, r.user_id, r.workflow,
    coalesce(length(CAST(c.state AS BLOB)), 0) + coalesce(length(CAST(c.tool_results AS BLOB)), 0)
        + coalesce(length(CAST(c.metadata AS BLOB)), 0), 0
FROM checkpoint AS c LEFT JOIN run AS r ON r.key = c.run WHERE c.key > ?1 ORDER BY c.key LIMIT ?2;

-- What several share is counted once, with one of them.
-- name: space_blob
SELECT b.key, r.user_id, r.workflow, length(CAST(b.bytes AS BLOB)), 0
FROM blob AS b LEFT JOIN run AS r ON r.key = (SELECT run FROM checkpoint WHERE key = coalesce(
    (SELECT min(key) FROM checkpoint WHERE state_blob = b.key),
    (SELECT min(key) FROM checkpoint WHERE tool_results_blob = b.key)))
WHERE b.key > ?1 ORDER BY b.key LIMIT ?2;

-- name: space_signal
SELECT s.key, r.user_id, r.workflow, coalesce(length(CAST(s.value AS BLOB)), 0), 0
FROM signal AS s LEFT JOIN run AS r ON r.key = s.run WHERE s.key > ?1 ORDER BY s.key LIMIT ?2;

-- name: space_promise
SELECT p.key, r.user_id, r.workflow,
    coalesce(length(CAST(p.metadata AS BLOB)), 0) + coalesce(length(CAST(p.value AS BLOB)), 0)
        + coalesce(length(CAST(p.error AS BLOB)), 0), 0
FROM promise AS p LEFT JOIN run AS r ON r.key = p.run WHERE p.key > ?1 ORDER BY p.key LIMIT ?2;

-- name: space_stream
SELECT s.key, r.user_id, r.workflow, coalesce(length(CAST(s.final AS BLOB)), 0), 0
FROM stream AS s LEFT JOIN run AS r ON r.key = s.run WHERE s.key > ?1 ORDER BY s.key LIMIT ?2;

-- name: space_stream_chunk
SELECT c.key, r.user_id, r.workflow, length(CAST(c.items AS BLOB)), 0
FROM stream_chunk AS c LEFT JOIN stream AS s ON s.key = c.stream LEFT JOIN run AS r ON r.key = s.run
WHERE c.key > ?1 ORDER BY c.key LIMIT ?2;

-- name: space_artifact
SELECT a.key, r.user_id, r.workflow,
    coalesce(length(CAST(a.content AS BLOB)), 0) + coalesce(length(CAST(a.description AS BLOB)), 0), 0
FROM artifact AS a LEFT JOIN run AS r ON r.key = a.run WHERE a.key > ?1 ORDER BY a.key LIMIT ?2;

-- name: space_event
SELECT e.sequence, e.user_id, r.workflow, coalesce(length(CAST(e.value AS BLOB)), 0), 0
FROM event AS e LEFT JOIN run AS r ON r.key = e.run WHERE e.sequence > ?1 ORDER BY e.sequence LIMIT ?2;

-- Bodies of recorded calls, likewise once.
-- name: space_recording
SELECT b.key, r.user_id, r.workflow, b.length, 0
FROM recording_block AS b LEFT JOIN run AS r ON r.key = (SELECT run FROM recording WHERE key = coalesce(
    (SELECT min(key) FROM recording WHERE response = b.key),
    (SELECT min(recording) FROM recording_piece WHERE block = b.key)))
WHERE b.key > ?1 ORDER BY b.key LIMIT ?2;

-- name: space_memory
SELECT m.key, n.user_id, NULL, length(CAST(m.value AS BLOB)), 0
FROM memory AS m LEFT JOIN memory_namespace AS n ON n.key = m.namespace
WHERE m.key > ?1 ORDER BY m.key LIMIT ?2;

-- name: space_conversation_entry
SELECT e.key, c.user_id, NULL, length(CAST(e.value AS BLOB)), 0
FROM conversation_entry AS e LEFT JOIN conversation AS c ON c.key = e.conversation
WHERE e.key > ?1 ORDER BY e.key LIMIT ?2;

-- name: space_graph_checkpoint
SELECT c.key, p.user_id, NULL, length(c.data) + length(CAST(c.metadata AS BLOB)), 0
FROM graph_checkpoint AS c LEFT JOIN graph_place AS p ON p.key = c.place
WHERE c.key > ?1 ORDER BY c.key LIMIT ?2;

-- name: space_graph_blob
SELECT b.key, p.user_id, NULL, length(b.data), 0
FROM graph_blob AS b LEFT JOIN graph_checkpoint AS c
    ON c.key = (SELECT min(checkpoint) FROM graph_value WHERE blob = b.key)
LEFT JOIN graph_place AS p ON p.key = c.place
WHERE b.key > ?1 ORDER BY b.key LIMIT ?2;

-- name: space_graph_write
SELECT w.key, p.user_id, NULL, length(w.data), 0
FROM graph_write AS w LEFT JOIN graph_place AS p ON p.key = w.place
WHERE w.key > ?1 ORDER BY w.key LIMIT ?2;
