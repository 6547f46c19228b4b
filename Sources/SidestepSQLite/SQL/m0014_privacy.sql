-- How recorded streams came, how recorded bodies are kept apart from prying eyes, and when they go.

-- Milliseconds before each part of an answer, a JSON array of one number more than `splits`; NULL where nobody said.
ALTER TABLE recording ADD COLUMN pauses TEXT;

-- By what the bytes of a user's blocks become their hashes: a hash alone confirms no guess. Blocks of before have plain
-- ones, of 16 bytes, until somebody keeps the same bytes again.
CREATE TABLE recording_secret (
    user_id INTEGER PRIMARY KEY,
    secret BLOB NOT NULL
) STRICT;
CREATE INDEX recording_block_plain ON recording_block (hash) WHERE length(hash) = 16;

-- By what a recorder has encrypted the bodies of a recording, in words that it alone understands.
ALTER TABLE recording ADD COLUMN sealed TEXT;

-- When the bodies of a run's recordings are deleted: so long after its end, or when it completes; both are taken away when
-- that is done.
ALTER TABLE recorder ADD COLUMN retain_ms INTEGER;
ALTER TABLE recorder ADD COLUMN forgets INTEGER NOT NULL DEFAULT 0;
CREATE INDEX recorder_forgets ON recorder (run) WHERE retain_ms IS NOT NULL OR forgets = 1;

-- When its bodies were deleted, and with them the keys that it was known again by.
ALTER TABLE recording ADD COLUMN forgotten_at INTEGER;

CREATE TRIGGER recording_let_go AFTER UPDATE OF response ON recording
WHEN old.response IS NOT NULL AND old.response IS NOT new.response BEGIN
    DELETE FROM recording_block WHERE key = old.response
        AND NOT EXISTS (SELECT 1 FROM recording_piece WHERE block = old.response)
        AND NOT EXISTS (SELECT 1 FROM recording WHERE response = old.response);
END;
