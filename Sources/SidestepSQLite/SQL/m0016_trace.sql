-- What traces tell of runs.

-- The span that the run is below, as whoever began it said: W3C Trace Context.
ALTER TABLE run ADD COLUMN traceparent TEXT;

-- When the attempt began that the entry tells the end of; a recorded call knows that itself.
ALTER TABLE journal ADD COLUMN begun_at INTEGER;

-- Runs of which not all was sent to the collector of traces, and what was: up to this sequence.
CREATE TABLE trace (
    run INTEGER PRIMARY KEY REFERENCES run (key) ON DELETE CASCADE,
    sequence INTEGER NOT NULL
) STRICT;
