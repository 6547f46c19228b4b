-- What agents remember beyond a run (LangGraph's store): values under keys, in namespaces of their user.

-- A namespace is there as long as it has a memory. `path` is its labels, each ended by U+001F: what is below a
-- namespace lies behind it, in one range.
CREATE TABLE memory_namespace (
    key INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    path TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX memory_namespace_path ON memory_namespace (user_id, path);

CREATE TABLE memory (
    key INTEGER PRIMARY KEY,
    namespace INTEGER NOT NULL REFERENCES memory_namespace (key),
    item_key TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    ttl_ms INTEGER,
    expires_at INTEGER
) STRICT;
CREATE UNIQUE INDEX memory_item ON memory (namespace, item_key);
-- With all that a search sorts by and leaves out, so that it reads no value that it does not look at.
CREATE INDEX memory_updated ON memory (namespace, updated_at, expires_at);
CREATE INDEX memory_expires ON memory (expires_at) WHERE expires_at IS NOT NULL;

CREATE TRIGGER memory_gone AFTER DELETE ON memory BEGIN
    DELETE FROM memory_namespace
    WHERE key = old.namespace AND NOT EXISTS (SELECT 1 FROM memory WHERE namespace = old.namespace);
END;
