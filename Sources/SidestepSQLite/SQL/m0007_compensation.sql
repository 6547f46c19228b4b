-- Steps that undo others: a run that has one is not opened again as if nothing had been undone.

ALTER TABLE step ADD COLUMN compensation INTEGER NOT NULL DEFAULT 0;
CREATE INDEX step_compensation ON step (run) WHERE compensation = 1;
