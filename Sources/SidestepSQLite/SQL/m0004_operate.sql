-- Lists, forks, retention.

-- Each list has an index that holds all that is filtered by, in the order of the list (SQL/run_list.sql). Only run_status has
-- the status, so that a run's life dirties no more pages than before.
DROP INDEX run_workflow;
DROP INDEX run_status;
CREATE INDEX run_order ON run (key, id, workflow, user_id, created_at);
CREATE INDEX run_workflow ON run (workflow, key, id, user_id, created_at);
CREATE INDEX run_status ON run (status, key, id, workflow, user_id, created_at);

-- A fork reads the completed steps of its origin up to origin_sequence, and those of the origin's own origin; nothing is copied.
ALTER TABLE run ADD COLUMN origin INTEGER REFERENCES run (key);
ALTER TABLE run ADD COLUMN origin_sequence INTEGER;
CREATE INDEX run_origin ON run (origin) WHERE origin IS NOT NULL;

-- Where a fork was made, as its maker said it: the source may be gone by now.
CREATE TABLE lineage (
    run INTEGER PRIMARY KEY REFERENCES run (key) ON DELETE CASCADE,
    source TEXT NOT NULL,
    source_generation INTEGER NOT NULL,
    step TEXT,
    checkpoint TEXT,
    from_failed INTEGER NOT NULL
) STRICT;

-- The place of the entry that tells of the checkpoint: what was completed before it belongs to a fork at it.
ALTER TABLE checkpoint ADD COLUMN journal_sequence INTEGER NOT NULL DEFAULT 0;

-- A removed run is out of sight at once (user and id are nobody's); its rows go in batches. What a fork needs is kept.
ALTER TABLE run ADD COLUMN removal TEXT CHECK (removal IN ('pending', 'kept'));
CREATE INDEX run_removal ON run (removal) WHERE removal IS NOT NULL;

-- Retention walks closed runs, oldest first.
CREATE INDEX run_closed ON run (closed_at, key, workflow, status, user_id) WHERE closed_at IS NOT NULL;

-- What is left of a removed run: an id that comes back goes on counting.
CREATE TABLE tombstone (
    id TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    removed_at INTEGER NOT NULL,
    PRIMARY KEY (id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstone_removed ON tombstone (removed_at);

-- How long closed runs are kept; an empty workflow or status stands for all, no span for ever.
CREATE TABLE retention (
    workflow TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status = '' OR status = 'completed' OR status = 'failed' OR status = 'cancelled'),
    keep_ms INTEGER,
    PRIMARY KEY (workflow, status)
) STRICT, WITHOUT ROWID;
