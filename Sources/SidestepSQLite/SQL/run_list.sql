-- Which runs a list shows, newest first: keys alone, from covering indexes, as far as the reader asks.
-- A rare match among 100 000 runs then costs a walk over narrow entries (about 10 ms), never over rows with payloads.
-- Tags are intersected in the order of the keys: a merge, which reads each side at most once.
-- The text is the last to be looked at, and in the workflow only where that is not given.
-- columns matches: (?7 IS NULL OR workflow = ?7) AND user_id BETWEEN ?2 AND ?3 AND (?4 IS NULL OR created_at > ?4) AND (?5 IS NULL OR created_at < ?5) AND (?6 IS NULL OR instr(id, ?6) > 0 OR (?7 IS NULL AND instr(workflow, ?6) > 0))

-- name: run_keys
SELECT key FROM run INDEXED BY run_order WHERE key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- name: run_keys_workflow
SELECT key FROM run INDEXED BY run_workflow WHERE workflow = ?7 AND key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- name: run_keys_status
SELECT key FROM run INDEXED BY run_status WHERE status = ?8 AND key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- Runs that are not closed: as many walks as there are open statuses, merged.
-- name: run_keys_open
SELECT key FROM run INDEXED BY run_status WHERE status = 'queued' AND key < ?1
    AND {matches}
UNION ALL SELECT key FROM run INDEXED BY run_status WHERE status = 'running' AND key < ?1
    AND {matches}
UNION ALL SELECT key FROM run INDEXED BY run_status WHERE status = 'waiting' AND key < ?1
    AND {matches}
UNION ALL SELECT key FROM run INDEXED BY run_status WHERE status = 'interrupted' AND key < ?1
    AND {matches}
UNION ALL SELECT key FROM run INDEXED BY run_status WHERE status = 'paused' AND key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- name: run_keys_tag
SELECT run FROM run_tag WHERE name = ?9 AND value = ?10 AND run < ?1
INTERSECT SELECT key FROM run INDEXED BY run_order WHERE key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- name: run_keys_workflow_tag
SELECT run FROM run_tag WHERE name = ?9 AND value = ?10 AND run < ?1
INTERSECT SELECT key FROM run INDEXED BY run_workflow WHERE workflow = ?7 AND key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- name: run_keys_status_tag
SELECT run FROM run_tag WHERE name = ?9 AND value = ?10 AND run < ?1
INTERSECT SELECT key FROM run INDEXED BY run_status WHERE status = ?8 AND key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- name: run_keys_tags
SELECT run FROM run_tag WHERE name = ?9 AND value = ?10 AND run < ?1
INTERSECT SELECT run FROM run_tag WHERE name = ?11 AND value = ?12 AND run < ?1
INTERSECT SELECT key FROM run INDEXED BY run_order WHERE key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- name: run_keys_workflow_tags
SELECT run FROM run_tag WHERE name = ?9 AND value = ?10 AND run < ?1
INTERSECT SELECT run FROM run_tag WHERE name = ?11 AND value = ?12 AND run < ?1
INTERSECT SELECT key FROM run INDEXED BY run_workflow WHERE workflow = ?7 AND key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- name: run_keys_status_tags
SELECT run FROM run_tag WHERE name = ?9 AND value = ?10 AND run < ?1
INTERSECT SELECT run FROM run_tag WHERE name = ?11 AND value = ?12 AND run < ?1
INTERSECT SELECT key FROM run INDEXED BY run_status WHERE status = ?8 AND key < ?1
    AND {matches}
ORDER BY 1 DESC;

-- The children of a run are few: their rows are looked at.
-- name: run_keys_parent
SELECT key FROM run WHERE parent = ?9 AND key < ?1 AND (?8 IS NULL OR status = ?8) AND (?10 = 0 OR closed_at IS NULL)
    AND {matches}
ORDER BY 1 DESC;
