-- Calls that a run's program made to services, as a recorder in its supervisor sent them and wrote them down.

-- Who records for a run, and the secret by which its recorders know a request again.
CREATE TABLE recorder (
    run INTEGER PRIMARY KEY REFERENCES run (key) ON DELETE CASCADE,
    secret BLOB NOT NULL,
    name TEXT NOT NULL,
    -- The lease under which it opened the run: what it has begun is on its way as long as that is the run's last one.
    epoch INTEGER NOT NULL
) STRICT;

-- Bodies, and pieces of bodies, each once for a user, by its hash. The bytes are the parts from `first` on.
CREATE TABLE recording_block (
    key INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    length INTEGER NOT NULL,
    first INTEGER NOT NULL,
    parts INTEGER NOT NULL
) STRICT;

-- Bytes in rows of which four fill a page: of rows with 2.1 KiB each has a page for itself.
CREATE TABLE recording_part (
    key INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE recording (
    key INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number > 0),
    -- What only the recorder that began it knows: whoever says it may end it.
    call TEXT NOT NULL,
    recorder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state = 'started' OR state = 'completed' OR state = 'failed' OR state = 'cancelled' OR
        state = 'in_doubt'),
    upstream TEXT NOT NULL,
    http_method TEXT NOT NULL,
    path TEXT NOT NULL,
    keys TEXT NOT NULL,
    model TEXT,
    stream INTEGER NOT NULL,
    tool_refs TEXT,
    tool_ids TEXT,
    -- The request is the first request_shared pieces of another recording's, then its own. Both go with their runs, and
    -- a fork's may begin as one of its source, so that this is no reference.
    request_base INTEGER,
    request_shared INTEGER NOT NULL,
    request_depth INTEGER NOT NULL,
    request_bytes INTEGER,
    status INTEGER,
    headers TEXT,
    content_type TEXT,
    response INTEGER REFERENCES recording_block (key),
    response_bytes INTEGER,
    splits TEXT,
    -- What is set aside of budgets until it has ended.
    reserved TEXT,
    usage TEXT,
    usage_source TEXT CHECK (usage_source = 'reported' OR usage_source = 'estimated' OR usage_source = 'none'),
    finish TEXT,
    tries INTEGER NOT NULL,
    message TEXT,
    started_at INTEGER NOT NULL,
    first_byte_ms INTEGER,
    duration_ms INTEGER,
    completed_at INTEGER,
    -- The place in the journal of its end.
    sequence INTEGER,
    CHECK ((state = 'started') = (completed_at IS NULL)),
    CHECK ((state = 'started') = (sequence IS NULL)),
    CHECK (state <> 'completed' OR response IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX recording_number ON recording (run, number);
CREATE UNIQUE INDEX recording_call ON recording (run, call);
CREATE INDEX recording_started ON recording (run) WHERE state = 'started';
CREATE INDEX recording_response ON recording (response) WHERE response IS NOT NULL;

CREATE TABLE recording_piece (
    recording INTEGER NOT NULL REFERENCES recording (key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    block INTEGER NOT NULL REFERENCES recording_block (key),
    PRIMARY KEY (recording, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX recording_piece_block ON recording_piece (block);

-- Answers that are not to be given again. Apart from the recording, which a fork may share and still wants.
CREATE TABLE recording_reroll (
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    superseded_by INTEGER,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

ALTER TABLE lineage ADD COLUMN recording INTEGER;

-- A block is there as long as something needs it.
CREATE TRIGGER recording_piece_gone AFTER DELETE ON recording_piece BEGIN
    DELETE FROM recording_block WHERE key = old.block
        AND NOT EXISTS (SELECT 1 FROM recording_piece WHERE block = old.block)
        AND NOT EXISTS (SELECT 1 FROM recording WHERE response = old.block);
END;
CREATE TRIGGER recording_block_gone AFTER DELETE ON recording_block BEGIN
    DELETE FROM recording_part WHERE key >= old.first AND key < old.first + old.parts;
END;
CREATE TRIGGER recording_gone AFTER DELETE ON recording WHEN old.response IS NOT NULL BEGIN
    DELETE FROM recording_block WHERE key = old.response
        AND NOT EXISTS (SELECT 1 FROM recording_piece WHERE block = old.response)
        AND NOT EXISTS (SELECT 1 FROM recording WHERE response = old.response);
END;
