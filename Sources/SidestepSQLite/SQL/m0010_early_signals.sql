-- Signals to runs that are not made yet: they are theirs when they are.
CREATE TABLE early_signal (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Whose run it will be, and its id.
    user_id INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    name TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sender_id INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    value TEXT
) STRICT;
CREATE UNIQUE INDEX early_signal_message ON early_signal (user_id, run_id, message_id);
CREATE INDEX early_signal_sent ON early_signal (sent_at);
