-- What frameworks of agents keep outside of runs: saved states of graphs (LangGraph), and conversations.

CREATE TABLE graph_place (
    key INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    thread TEXT NOT NULL,
    namespace TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX graph_place_name ON graph_place (user_id, thread, namespace);

CREATE TABLE graph_checkpoint (
    key INTEGER PRIMARY KEY,
    place INTEGER NOT NULL REFERENCES graph_place (key) ON DELETE CASCADE,
    id TEXT NOT NULL,
    parent TEXT,
    type TEXT NOT NULL,
    data BLOB NOT NULL,
    metadata TEXT NOT NULL,
    -- Arrays of names: what `data` holds; what is only in the writes since its last snapshot.
    channels TEXT,
    deltas TEXT
) STRICT;
CREATE UNIQUE INDEX graph_checkpoint_id ON graph_checkpoint (place, id);

CREATE TABLE graph_blob (
    key INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    type TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX graph_blob_hash ON graph_blob (hash);

CREATE TABLE graph_value (
    checkpoint INTEGER NOT NULL REFERENCES graph_checkpoint (key) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    blob INTEGER NOT NULL REFERENCES graph_blob (key),
    PRIMARY KEY (checkpoint, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX graph_value_blob ON graph_value (blob);

-- A write may come before its checkpoint, so it names it by its id. Rows are long: in a table WITHOUT ROWID what
-- exceeds a quarter of a page would take a page of its own.
CREATE TABLE graph_write (
    key INTEGER PRIMARY KEY,
    place INTEGER NOT NULL REFERENCES graph_place (key) ON DELETE CASCADE,
    checkpoint TEXT NOT NULL,
    task TEXT NOT NULL,
    number INTEGER NOT NULL,
    path TEXT NOT NULL,
    channel TEXT NOT NULL,
    type TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX graph_write_number ON graph_write (place, checkpoint, task, number);

-- Equal values are kept once, as long as a checkpoint has them.
CREATE TRIGGER graph_value_gone AFTER DELETE ON graph_value BEGIN
    DELETE FROM graph_blob WHERE key = old.blob AND NOT EXISTS (SELECT 1 FROM graph_value WHERE blob = old.blob);
END;

CREATE TABLE conversation (
    key INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    length INTEGER NOT NULL,
    metadata TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX conversation_name ON conversation (user_id, name);

CREATE TABLE conversation_entry (
    key INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversation (key) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    entry_id TEXT,
    value TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX conversation_entry_number ON conversation_entry (conversation, number);
CREATE UNIQUE INDEX conversation_entry_id ON conversation_entry (entry_id, conversation) WHERE entry_id IS NOT NULL;
