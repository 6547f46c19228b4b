-- What the daemon starts by itself and what it tells others: schedules, streams, artifacts, events, webhooks.

CREATE TABLE schedule (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    workflow TEXT NOT NULL,
    cron TEXT,
    every_ms INTEGER,
    time_zone TEXT NOT NULL,
    overlap TEXT NOT NULL CHECK (overlap = 'skip' OR overlap = 'queue' OR overlap = 'allow'),
    catch_up_ms INTEGER NOT NULL,
    jitter_ms INTEGER NOT NULL,
    start_at INTEGER,
    end_at INTEGER,
    paused INTEGER NOT NULL,
    problem TEXT,
    input TEXT,
    queue TEXT,
    priority INTEGER,
    tags TEXT,
    metadata TEXT,
    retry TEXT,
    code_version TEXT,
    budget TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    next_due_at INTEGER,
    -- When the run of next_due_at is started: jitter added; null while paused.
    start_next_at INTEGER,
    waiting_due_at INTEGER,
    last_due_at INTEGER,
    last_run INTEGER,
    fired INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    CHECK ((cron IS NULL) <> (every_ms IS NULL))
) STRICT;
CREATE UNIQUE INDEX schedule_name ON schedule (name, user_id);
CREATE INDEX schedule_start ON schedule (start_next_at) WHERE start_next_at IS NOT NULL;
CREATE INDEX schedule_waiting ON schedule (waiting_due_at) WHERE waiting_due_at IS NOT NULL;

-- The number of items is not stored while a stream is open: the last chunk tells it, and an append writes one row.
CREATE TABLE stream (
    key INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    length INTEGER,
    final TEXT,
    compacted INTEGER NOT NULL,
    CHECK ((closed_at IS NULL) = (length IS NULL))
) STRICT;
CREATE UNIQUE INDEX stream_name ON stream (run, name);

CREATE TABLE stream_chunk (
    key INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES stream (key) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    items TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX stream_chunk_start ON stream_chunk (stream, start);

CREATE TABLE artifact (
    key INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
    type TEXT NOT NULL CHECK (type = 'markdown' OR type = 'json' OR type = 'link' OR type = 'file'),
    content TEXT,
    path TEXT,
    description TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX artifact_version ON artifact (run, name, version);
CREATE INDEX artifact_name ON artifact (name);

CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT,
    run INTEGER REFERENCES run (key) ON DELETE CASCADE,
    event_id TEXT,
    at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_id ON event (event_id, user_id) WHERE event_id IS NOT NULL;
CREATE INDEX event_name ON event (name);
CREATE INDEX event_age ON event (at) WHERE run IS NULL;
CREATE INDEX event_run ON event (run) WHERE run IS NOT NULL;

CREATE TABLE webhook (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    url TEXT NOT NULL,
    -- An array of patterns.
    events TEXT NOT NULL,
    -- The name of a credential, never the secret itself.
    secret TEXT,
    headers TEXT,
    paused INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX webhook_name ON webhook (user_id, name);

CREATE TABLE delivery (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    webhook INTEGER NOT NULL REFERENCES webhook (key) ON DELETE CASCADE,
    event TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status = 'pending' OR status = 'delivered' OR status = 'dead'),
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER,
    http_status INTEGER,
    problem TEXT,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((status = 'pending') = (finished_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX delivery_id ON delivery (id);
CREATE INDEX delivery_pending ON delivery (webhook, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX delivery_status ON delivery (webhook, status);
CREATE INDEX delivery_finished ON delivery (finished_at) WHERE finished_at IS NOT NULL;
