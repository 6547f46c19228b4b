-- columns limit: key, user_id, name, concurrency, rate_count, rate_ms, rate_burst, tokens, tokens_at
-- columns breaker: key, user_id, name, max_failures, cooldown_ms, state, failures, opened_at, probe

-- What a user put goes before what is everybody's (-1).
-- name: limit_get
SELECT {limit} FROM "limit" WHERE user_id IN (?1, -1) AND name = ?2 ORDER BY user_id DESC LIMIT 1;

-- name: limit_by_key
SELECT {limit} FROM "limit" WHERE key = ?1;

-- name: limit_list
SELECT {limit} FROM "limit" WHERE ?1 IS NULL OR user_id IN (?1, -1) ORDER BY name, user_id;

-- name: limit_save
INSERT INTO "limit" (user_id, name, concurrency, rate_count, rate_ms, rate_burst, tokens, tokens_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (user_id, name) DO UPDATE SET concurrency = excluded.concurrency, rate_count = excluded.rate_count,
    rate_ms = excluded.rate_ms, rate_burst = excluded.rate_burst, tokens = excluded.tokens, tokens_at = excluded.tokens_at;

-- name: limit_delete
DELETE FROM "limit" WHERE key = ?1;

-- name: breaker_get
SELECT {breaker} FROM breaker WHERE user_id IN (?1, -1) AND name = ?2 ORDER BY user_id DESC LIMIT 1;

-- name: breaker_by_key
SELECT {breaker} FROM breaker WHERE key = ?1;

-- name: breaker_list
SELECT {breaker} FROM breaker WHERE ?1 IS NULL OR user_id IN (?1, -1) ORDER BY name, user_id;

-- name: breaker_save
INSERT INTO breaker (user_id, name, max_failures, cooldown_ms, state, failures, opened_at, probe)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (user_id, name) DO UPDATE SET max_failures = excluded.max_failures, cooldown_ms = excluded.cooldown_ms,
    state = excluded.state, failures = excluded.failures, opened_at = excluded.opened_at, probe = excluded.probe;

-- name: hold_count
SELECT count(*) FROM hold WHERE "limit" = ?1;

-- name: hold_holders
SELECT run.id, run.user_id, step.name, step.begun_at FROM hold
JOIN step ON step.key = hold.step JOIN run ON run.key = hold.run
WHERE hold."limit" = ?1 ORDER BY step.begun_at LIMIT ?2;

-- name: hold_get
SELECT step, run, "limit", breaker, tokens, input_tokens, output_tokens, cost_micros, calls FROM hold WHERE step = ?1;

-- name: hold_insert
INSERT INTO hold (step, run, "limit", breaker, tokens, input_tokens, output_tokens, cost_micros, calls)
SELECT ?3, key, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM run WHERE key = ?1 AND epoch = ?2;

-- name: hold_delete
DELETE FROM hold WHERE step = ?1;

-- name: budget_list
SELECT run, name, amount, used, reserved FROM budget WHERE run = ?1 ORDER BY name;

-- name: budget_set
INSERT INTO budget (run, name, amount) VALUES (?1, ?2, ?3) ON CONFLICT (run, name) DO UPDATE SET amount = excluded.amount;

-- name: budget_add
UPDATE budget SET used = used + ?3, reserved = max(0, reserved + ?4) WHERE run = ?1 AND name = ?2;

-- A run's time with owners before the one it has is in owned_ms.
-- name: budget_out_of_time
SELECT {run} FROM run INDEXED BY run_timed JOIN budget ON budget.run = run.key AND budget.name = 'wall_ms'
WHERE run.timed = 1 AND run.status = 'running' AND run.owner_since + budget.amount - run.owned_ms <= ?1 LIMIT 100;

-- name: budget_next_out_of_time
SELECT min(run.owner_since + budget.amount - run.owned_ms)
FROM run INDEXED BY run_timed JOIN budget ON budget.run = run.key AND budget.name = 'wall_ms'
WHERE run.timed = 1 AND run.status = 'running';
