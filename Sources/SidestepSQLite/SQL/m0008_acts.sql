-- The daemon's own journal: who changed what no run's journal tells of, deletions above all.
CREATE TABLE act (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    method TEXT NOT NULL,
    subject TEXT,
    -- Whose it was.
    user_id INTEGER NOT NULL,
    -- Who did it.
    by_uid INTEGER NOT NULL,
    by_pid INTEGER NOT NULL,
    detail TEXT
) STRICT;
CREATE INDEX act_user ON act (user_id, sequence);
CREATE INDEX act_by ON act (by_uid, sequence);

-- Which schedule started a run last, and waits for its end.
CREATE INDEX schedule_last_run ON schedule (last_run) WHERE last_run IS NOT NULL;
