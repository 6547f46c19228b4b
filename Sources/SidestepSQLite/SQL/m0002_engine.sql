-- Waits, queues, relations between runs, and limits that all processes share.

ALTER TABLE run ADD COLUMN queue TEXT NOT NULL DEFAULT 'default';
ALTER TABLE run ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN concurrency_key TEXT;
ALTER TABLE run ADD COLUMN dedup_key TEXT;
-- Only a worker of this version may claim the run.
ALTER TABLE run ADD COLUMN pinned_version TEXT;
-- When it must have been claimed.
ALTER TABLE run ADD COLUMN start_deadline_at INTEGER;
-- Whether next_attempt_at is a date (it follows the wall clock) or the end of a delay.
ALTER TABLE run ADD COLUMN next_is_date INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN parent INTEGER REFERENCES run (key) ON DELETE SET NULL;
ALTER TABLE run ADD COLUMN detached INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN compensates INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN cancel_requested_at INTEGER;
ALTER TABLE run ADD COLUMN cancel_at INTEGER;
ALTER TABLE run ADD COLUMN cancel_reason TEXT;
-- Milliseconds that owners have had it, up to the end of the last lease: what a budget of wall time counts.
ALTER TABLE run ADD COLUMN owned_ms INTEGER NOT NULL DEFAULT 0;
-- A step was refused for lack of budget: the run is paused as soon as nothing of it runs.
ALTER TABLE run ADD COLUMN exhausted INTEGER NOT NULL DEFAULT 0;

-- What a worker takes next: the highest priority, then the oldest.
CREATE INDEX run_ready ON run (user_id, queue, workflow, priority DESC, key)
    WHERE status IN ('queued', 'interrupted') AND next_attempt_at IS NULL;
CREATE INDEX run_waiting ON run (user_id, queue) WHERE status IN ('queued', 'interrupted');
CREATE INDEX run_start ON run (next_attempt_at)
    WHERE next_attempt_at IS NOT NULL AND status IN ('queued', 'interrupted');
CREATE INDEX run_busy ON run (user_id, queue, concurrency_key) WHERE status = 'running';
CREATE INDEX run_dedup ON run (user_id, queue, dedup_key) WHERE dedup_key IS NOT NULL AND closed_at IS NULL;
CREATE INDEX run_parent ON run (parent) WHERE parent IS NOT NULL;
CREATE INDEX run_cancel ON run (cancel_at) WHERE cancel_at IS NOT NULL AND closed_at IS NULL;
CREATE INDEX run_deadline ON run (deadline_at) WHERE deadline_at IS NOT NULL AND closed_at IS NULL AND cancel_at IS NULL;
CREATE INDEX run_start_deadline ON run (start_deadline_at)
    WHERE start_deadline_at IS NOT NULL AND closed_at IS NULL;

-- A queue that nobody put has no limits and no row.
CREATE TABLE queue (
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    concurrency INTEGER,
    key_concurrency INTEGER,
    rate_count INTEGER,
    rate_ms INTEGER,
    rate_burst INTEGER,
    -- The token bucket: how many tokens there were, and when.
    tokens REAL NOT NULL DEFAULT 0,
    tokens_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, name),
    CHECK ((rate_count IS NULL) = (rate_ms IS NULL))
) STRICT, WITHOUT ROWID;

-- What an open wait waits for; the wait itself is a step, whose time-out is attempt_deadline_at.
CREATE TABLE wait (
    step INTEGER NOT NULL REFERENCES step (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    -- Where the signal, promise or end comes from: the step's own run, or the awaited one.
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind = 'signal' OR kind = 'promise' OR kind = 'run'),
    name TEXT NOT NULL,
    PRIMARY KEY (step, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX wait_source ON wait (run, kind, name, step);

CREATE TABLE signal (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    message_id TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    -- The step whose wait it ended.
    consumed_by TEXT,
    consumed_at INTEGER,
    value TEXT,
    CHECK ((consumed_by IS NULL) = (consumed_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX signal_message ON signal (run, message_id);
CREATE INDEX signal_pending ON signal (run, name) WHERE consumed_by IS NULL;
CREATE INDEX signal_run ON signal (run);

CREATE TABLE promise (
    key INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status = 'pending' OR status = 'resolved' OR status = 'rejected'),
    created_at INTEGER NOT NULL,
    settled_at INTEGER,
    settled_by INTEGER,
    metadata TEXT,
    value TEXT,
    error TEXT,
    CHECK ((status = 'pending') = (settled_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX promise_name ON promise (run, name);

-- Limits of steps, shared by all processes of a user; user_id -1 is everybody's.
CREATE TABLE "limit" (
    key INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    concurrency INTEGER,
    rate_count INTEGER,
    rate_ms INTEGER,
    rate_burst INTEGER,
    tokens REAL NOT NULL DEFAULT 0,
    tokens_at INTEGER NOT NULL DEFAULT 0,
    CHECK ((rate_count IS NULL) = (rate_ms IS NULL))
) STRICT;
CREATE UNIQUE INDEX limit_name ON "limit" (user_id, name);

CREATE TABLE breaker (
    key INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    max_failures INTEGER NOT NULL,
    cooldown_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state = 'closed' OR state = 'open' OR state = 'half_open'),
    failures INTEGER NOT NULL,
    opened_at INTEGER,
    -- The step that tries out whether it may close.
    probe INTEGER REFERENCES step (key) ON DELETE SET NULL,
    CHECK ((state = 'closed') = (opened_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX breaker_name ON breaker (user_id, name);
CREATE INDEX breaker_probe ON breaker (probe) WHERE probe IS NOT NULL;

-- What a running step holds of limits and breakers, and what it reserved of budgets.
CREATE TABLE hold (
    step INTEGER PRIMARY KEY REFERENCES step (key) ON DELETE CASCADE,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    "limit" INTEGER REFERENCES "limit" (key) ON DELETE SET NULL,
    breaker INTEGER REFERENCES breaker (key) ON DELETE SET NULL,
    tokens INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    cost_micros INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX hold_limit ON hold ("limit") WHERE "limit" IS NOT NULL;
CREATE INDEX hold_breaker ON hold (breaker) WHERE breaker IS NOT NULL;
CREATE INDEX hold_run ON hold (run);

ALTER TABLE step ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;

-- One row per limited amount of a run: its own, and what its children take of it.
CREATE TABLE budget (
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (name = 'tokens' OR name = 'input_tokens' OR name = 'output_tokens' OR name = 'cost_micros' OR
        name = 'calls' OR name = 'wall_ms'),
    amount INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_wall ON budget (run) WHERE name = 'wall_ms';

-- One row: how the wall clock stood against the time since boot, so that delays outlive a clock that was set.
CREATE TABLE clock (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    boot TEXT NOT NULL,
    offset_ms INTEGER NOT NULL
) STRICT;
