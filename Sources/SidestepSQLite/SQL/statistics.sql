-- name: statistics
SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size),
    (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size),
    (SELECT count(*) FROM run WHERE origin IS NOT NULL AND origin > 0),
    (SELECT count(*) FROM run WHERE removal = 'pending'),
    (SELECT count(*) FROM run WHERE removal = 'kept'),
    (SELECT closed_at FROM run INDEXED BY run_closed WHERE closed_at IS NOT NULL AND closed_at > 0
        AND user_id <= 4294967294 ORDER BY closed_at, key LIMIT 1);
