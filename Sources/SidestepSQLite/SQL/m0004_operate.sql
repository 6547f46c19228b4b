-- Lists, forks, retention.

-- Each list has an index that holds all that is filtered by, in the order of the list (SQL/run_list.sql). Only run_status has
-- the status, so that a run's life dirties no more pages than before.
DROP INDEX run_workflow;
DROP INDEX run_status;
CREATE INDEX run_order ON run (key, id, workflow, user_id, created_at);
CREATE INDEX run_workflow ON run (workflow, key, id, user_id, created_at);
CREATE INDEX run_status ON run (status, key, id, workflow, user_id, created_at);
