-- Steps that the daemon executes.

-- Who executes an open step: NULL is a client, else what kind of thing the daemon does for it.
ALTER TABLE step ADD COLUMN executor TEXT CHECK (executor IN ('exec', 'http'));
CREATE INDEX step_execution_due ON step (next_attempt_at) WHERE executor IS NOT NULL AND status = 'backoff';

-- What an open step of the daemon does; gone as soon as the step has an outcome. A started process is known by its token, which is
-- in its environment, and by pid, start and boot: a daemon that comes back ends what its predecessor left.
CREATE TABLE execution (
    step INTEGER PRIMARY KEY REFERENCES step (key) ON DELETE CASCADE,
    spec TEXT NOT NULL,
    demand TEXT,
    weight INTEGER NOT NULL,
    token TEXT NOT NULL,
    pid INTEGER,
    start_ticks INTEGER,
    boot TEXT
) STRICT;
