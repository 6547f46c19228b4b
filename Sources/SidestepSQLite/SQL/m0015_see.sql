-- What is looked at: usage over time, and runs of very many steps.

-- Failed steps are few, and their run may have very many that completed.
CREATE INDEX step_failed ON step (run, sequence) WHERE status = 'failed';

-- What runs have used, by the hour: it outlives the runs.
CREATE TABLE usage_hour (
    -- Hours since the epoch, UTC.
    hour INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    workflow TEXT NOT NULL,
    -- Empty where nobody said which model it was.
    model TEXT NOT NULL,
    -- A member of a usage that is an integer; `requests` is always there.
    name TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (hour, user_id, workflow, model, name)
) STRICT, WITHOUT ROWID;

-- What was recorded before there was this table, but for what a step said that had no outcome yet.
INSERT INTO usage_hour (hour, user_id, workflow, model, name, amount)
WITH used (hour, run, model, usage) AS (
    SELECT finished_at / 3600000, run, json_extract(usage, '$.model'), usage FROM step
    WHERE usage IS NOT NULL AND finished_at IS NOT NULL
    UNION ALL
    SELECT completed_at / 3600000, run, model, coalesce(usage, '{}') FROM recording WHERE completed_at IS NOT NULL),
named (hour, run, model, name, amount) AS (
    SELECT used.hour, used.run, used.model, member.key, member.value FROM used, json_each(used.usage) AS member
    WHERE member.type = 'integer'
    UNION ALL
    SELECT hour, run, model, 'requests', 1 FROM used WHERE json_type(usage, '$.requests') IS NULL)
SELECT named.hour, run.user_id, run.workflow, coalesce(named.model, ''), named.name,
    CAST(min(total(named.amount), 4503599627370496) AS INTEGER)
FROM named JOIN run ON run.key = named.run
GROUP BY 1, 2, 3, 4, 5;
