-- How many runs a user has, so that a limit of them is looked at without counting.
CREATE TABLE run_count (
    user_id INTEGER PRIMARY KEY,
    runs INTEGER NOT NULL
) STRICT;
INSERT INTO run_count (user_id, runs) SELECT user_id, count(*) FROM run GROUP BY user_id;

CREATE TRIGGER run_counted AFTER INSERT ON run BEGIN
    INSERT INTO run_count (user_id, runs) VALUES (new.user_id, 1) ON CONFLICT (user_id) DO UPDATE SET runs = runs + 1;
END;
-- An imported run gets its user at its end, a removed one loses it.
CREATE TRIGGER run_moved AFTER UPDATE OF user_id ON run WHEN old.user_id <> new.user_id BEGIN
    UPDATE run_count SET runs = runs - 1 WHERE user_id = old.user_id;
    INSERT INTO run_count (user_id, runs) VALUES (new.user_id, 1) ON CONFLICT (user_id) DO UPDATE SET runs = runs + 1;
END;
CREATE TRIGGER run_uncounted AFTER DELETE ON run BEGIN
    UPDATE run_count SET runs = runs - 1 WHERE user_id = old.user_id;
END;
