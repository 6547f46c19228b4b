-- Saved views: filters of runs, each under a name of its user.
CREATE TABLE view (
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- Members of `run.list`, as JSON.
    filter TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, name)
) STRICT, WITHOUT ROWID;
