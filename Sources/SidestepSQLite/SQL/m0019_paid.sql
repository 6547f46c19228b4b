-- What the recorded results of a run were paid with: whoever takes it up again does not pay it again.
CREATE TABLE paid (
    run INTEGER NOT NULL REFERENCES run (key) ON DELETE CASCADE,
    -- A run that begins anew pays anew.
    generation INTEGER NOT NULL,
    -- A member of a usage that is an integer; `requests` is always there.
    name TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (run, generation, name)
) STRICT, WITHOUT ROWID;
