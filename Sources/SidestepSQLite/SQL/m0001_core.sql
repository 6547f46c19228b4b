-- The core schema. Times are milliseconds since the epoch; payloads are TEXT, byte for byte as the client sent them.
-- Rows are appended to rowid tables and found through narrow indexes: at 64 rows a commit that is three times as fast as
-- WITHOUT ROWID, which dirties one leaf per run and overflows at about 1000 bytes.
-- Checks compare word by word: with three words or more, IN builds a b-tree for each row that is written.

CREATE TABLE run (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    generation INTEGER NOT NULL CHECK (generation > 0),
    uid TEXT NOT NULL,
    workflow TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status = 'queued' OR status = 'running' OR status = 'waiting' OR status = 'interrupted' OR
        status = 'paused' OR status = 'completed' OR status = 'failed' OR status = 'cancelled'),
    reason TEXT CHECK (reason IS NULL OR status = 'paused'),
    attempt INTEGER NOT NULL,
    interruptions INTEGER NOT NULL,
    max_interruptions INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    code_version TEXT,
    refuses_mismatch INTEGER NOT NULL,
    retry TEXT,
    metadata TEXT,
    deadline_at INTEGER,
    next_attempt_at INTEGER,
    head INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER,
    owner_kind TEXT CHECK (owner_kind = 'connection' OR owner_kind = 'process' OR owner_kind = 'ttl'),
    owner_pid INTEGER,
    owner_start INTEGER,
    owner_uid INTEGER,
    owner_since INTEGER,
    lease_hash BLOB,
    lease_session INTEGER,
    lease_expires_at INTEGER,
    owner_boot TEXT,
    granted_sequence INTEGER,
    -- A running run has an owner, and no other run has one.
    CHECK ((status = 'running') = (owner_kind IS NOT NULL)),
    CHECK ((status = 'completed' OR status = 'failed' OR status = 'cancelled') = (closed_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX run_id ON run (id, user_id, generation);
CREATE INDEX run_workflow ON run (workflow);
CREATE INDEX run_status ON run (status);
CREATE INDEX run_session ON run (lease_session) WHERE lease_session IS NOT NULL;
CREATE INDEX run_expiry ON run (lease_expires_at) WHERE lease_expires_at IS NOT NULL;

CREATE TABLE run_payload (
    run INTEGER PRIMARY KEY REFERENCES run (key) ON DELETE CASCADE,
    input TEXT,
    output TEXT,
    error TEXT
) STRICT;

CREATE TABLE run_tag (
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tag_value ON run_tag (name, value, run);

CREATE TABLE step (
    key INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status = 'running' OR status = 'backoff' OR status = 'waiting' OR status = 'completed' OR
        status = 'failed' OR status = 'unknown'),
    attempt INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    fingerprint TEXT,
    at_most_once INTEGER NOT NULL,
    interrupted INTEGER NOT NULL,
    holder_pid INTEGER,
    holder_start INTEGER,
    retry TEXT,
    start_to_close_ms INTEGER,
    schedule_to_close_ms INTEGER,
    heartbeat_ms INTEGER,
    metadata TEXT,
    usage TEXT,
    first_begun_at INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    finished_at INTEGER,
    next_attempt_at INTEGER,
    attempt_deadline_at INTEGER,
    deadline_kind TEXT,
    -- The place in the journal: of its completion, or of its beginning while it is open.
    sequence INTEGER NOT NULL,
    output TEXT,
    error TEXT,
    CHECK ((status IN ('completed', 'failed')) = (finished_at IS NOT NULL)),
    CHECK (status <> 'unknown' OR at_most_once = 1)
) STRICT;
CREATE UNIQUE INDEX step_name ON step (run, name);
CREATE UNIQUE INDEX step_sequence ON step (run, sequence);
CREATE INDEX step_open ON step (run) WHERE status NOT IN ('completed', 'failed');
CREATE INDEX step_deadline ON step (attempt_deadline_at) WHERE attempt_deadline_at IS NOT NULL;
CREATE INDEX step_usage ON step (run) WHERE usage IS NOT NULL;

-- What happened to runs, but for completed steps: each of those is its own entry, under the sequence of its row. A step thus
-- dirties three pages and not five. The writer numbers both: AUTOINCREMENT would write a page of its own with every commit.
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    step TEXT,
    attempt INTEGER,
    detail TEXT
) STRICT;
CREATE INDEX journal_run ON journal (run, sequence);

-- One row. No sequence above this one was ever given: the writer reserves them in blocks.
CREATE TABLE counter (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    sequence INTEGER NOT NULL
) STRICT;
INSERT INTO counter VALUES (1, 0);

-- A history is a persistent list: the first parent_length messages of the parent, then the branch's own.
CREATE TABLE branch (
    key INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    parent INTEGER REFERENCES branch (key),
    parent_length INTEGER NOT NULL,
    CHECK ((parent IS NULL) = (parent_length = 0))
) STRICT;
CREATE INDEX branch_run ON branch (run);
CREATE INDEX branch_parent ON branch (parent) WHERE parent IS NOT NULL;

CREATE TABLE message (
    branch INTEGER NOT NULL REFERENCES branch (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    content TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX message_position ON message (branch, position);

CREATE TABLE blob (
    key INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    bytes TEXT NOT NULL
) STRICT;

CREATE TABLE checkpoint (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT,
    step_number INTEGER,
    branch INTEGER REFERENCES branch (key),
    length INTEGER,
    state TEXT,
    state_blob INTEGER REFERENCES blob (key),
    tool_results TEXT,
    tool_results_blob INTEGER REFERENCES blob (key),
    metadata TEXT,
    token_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX checkpoint_id ON checkpoint (id);
CREATE UNIQUE INDEX checkpoint_token ON checkpoint (token_hash);
CREATE INDEX checkpoint_run ON checkpoint (run);
CREATE INDEX checkpoint_branch ON checkpoint (branch) WHERE branch IS NOT NULL;
CREATE INDEX checkpoint_state_blob ON checkpoint (state_blob) WHERE state_blob IS NOT NULL;
CREATE INDEX checkpoint_tool_blob ON checkpoint (tool_results_blob) WHERE tool_results_blob IS NOT NULL;

CREATE TABLE state (
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
