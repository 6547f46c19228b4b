-- What a commit left to be done, a bit at a time: rows by the ten thousand, or children that follow their parent, would keep
-- all other writers waiting. A row goes when its work is done, so a daemon that starts again goes on with it.

CREATE TABLE chore (
    key INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind = 'conversation' OR kind = 'place' OR kind = 'webhook' OR kind = 'stream' OR
        kind = 'children' OR kind = 'waits'),
    -- The key of what it is about, and how far it is.
    target INTEGER NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    detail TEXT
) STRICT;

-- Runs that a budget of wall time ends are looked at by every timer: those that have an owner now, not all that ever had
-- such a budget.
ALTER TABLE run ADD COLUMN timed INTEGER NOT NULL DEFAULT 0;
UPDATE run SET timed = 1 WHERE key IN (SELECT run FROM budget WHERE name = 'wall_ms');
CREATE INDEX run_timed ON run (key) WHERE timed = 1 AND status = 'running';
DROP INDEX budget_wall;
CREATE TRIGGER budget_timed AFTER INSERT ON budget WHEN new.name = 'wall_ms' BEGIN
    UPDATE run SET timed = 1 WHERE key = new.run;
END;
