# One thing done to many runs.

check "a filter finds the runs that are cancelled, after they were looked at" <<'C'
for n in 1 2 3; do sidestep enqueue "w-$run" --run "$run-$n" >/dev/null; done
sidestep enqueue other --run "$run-other" >/dev/null
is "$(sidestep cancel --workflow "w-$run" --dry-run)" "would cancel 3 runs
  $run-3
  $run-2
  $run-1"
is "$(state "$run-1")" queued
status 64 sidestep cancel --workflow "w-$run" </dev/null 2>error
has "$(cat error)" "3 runs; nothing was done"
has "$(cat error)" "--yes"
sidestep cancel --workflow "w-$run" --yes --reason enough 2>told
is "$(cat told)" "3 runs asked to end"
is "$(state "$run-1") $(state "$run-3") $(state "$run-other")" "cancelled cancelled queued"
sidestep cancel --workflow "w-$run" --yes 2>told
is "$(cat told)" "there are no such runs"
C

check "several runs by name, and the one that is not there is told" <<'C'
for n in 1 2; do sidestep enqueue w --run "$run-$n" >/dev/null; done
status 1 sidestep pause "$run-1" "$run-none" "$run-2" 2>told
has "$(cat told)" "run $run-none: there is no run '$run-none'"
has "$(cat told)" "2 runs paused"
sidestep unpause "$run-1" "$run-2" 2>/dev/null
is "$(state "$run-1") $(state "$run-2")" "queued queued"
is "$(sidestep delete "$run-1" "$run-2" --json | jq -c '[.count, .skipped]')" '[2,[]]'
C

check "a script's own run is the one that is meant where nothing says which, in a rehearsal too" <<'C'
eval "$(sidestep start "$run")"
is "$(sidestep pause --dry-run)" "would pause 1 run
  $run"
is "$(state "$run")" running
sidestep pause 2>/dev/null
is "$(state "$run")" paused
unset SIDESTEP_RUN
status 64 sidestep pause --dry-run 2>error
has "$(cat error)" SIDESTEP_RUN
C

check "a failed run is opened again, by its name and by its status" <<'C'
cat >script <<'S'
eval "$(sidestep start "$1" --workflow "$2")"
sidestep step one -- sh -c 'echo x >>"$0"' "$1.ran"
[ -e "$1.go" ] || { sidestep fail 2>/dev/null; exit 0; }
sidestep finish 2>/dev/null
S
for n in 1 2; do bash -eu script "$run-$n" "w-$run"; done
sidestep retry "$run-1" 2>told
is "$(cat told)" "run $run-1 opened again"
sidestep retry --workflow "w-$run" --status failed -y 2>told
is "$(cat told)" "1 run opened again"
is "$(state "$run-1") $(state "$run-2")" "queued queued"
touch "$run-1.go"
bash -eu script "$run-1" "w-$run"
is "$(state "$run-1") $(lines "$run-1.ran")" "completed 1"
status 70 sidestep retry "$run-1" 2>error
has "$(cat error)" "completed"
C

check "runs are told apart by their age, and tags" <<'C'
sidestep call run.enqueue "{\"run\": \"$run-a\", \"workflow\": \"w-$run\", \"tags\": {\"team\": \"x\"}}" >/dev/null
sidestep call run.enqueue "{\"run\": \"$run-b\", \"workflow\": \"w-$run\"}" >/dev/null
is "$(sidestep delete --workflow "w-$run" --before 1h -n)" "would delete 0 runs"
is "$(sidestep delete --workflow "w-$run" --since 1h --tag team=x -n)" "would delete 1 run
  $run-a"
is "$(sidestep ps --workflow "w-$run" --tag team=x --since 1h --json | jq -r '.runs[].id')" "$run-a"
is "$(sidestep ps --workflow "w-$run" --before 1h)" "No run is open (--all lists all)."
C

check "wrong use of many runs says what to do, and does nothing" <<'C'
sidestep enqueue w --run "$run" >/dev/null
status 64 sidestep cancel "$run" --workflow w 2>error
has "$(cat error)" "not both"
status 64 sidestep delete 2>/dev/null
status 64 sidestep cancel "$run" "$run-b" --kill 2>error
has "$(cat error)" "--kill"
status 64 sidestep ps --user nobody-of-that-name 2>/dev/null
is "$(state "$run")" queued
C

check "spend says what was used, and what replay saved each time that a run was taken up again" <<'C'
taken() { sidestep call resume "{\"run\": \"$run\", \"workflow\": \"w-$run\", \"owner\": \"ttl\"}" | jq -r .lease; }
told() { sidestep call "$1" "{\"run\": \"$run\", \"lease\": \"$lease\"$2}" >/dev/null; }
lease=$(taken)
told step.complete ', "step": "ask", "output": 1, "usage": {"model": "m-1", "input_tokens": 900, "cost_micros": 1250000}'
told run.release ''
is "$(sidestep spend --workflow "w-$run" | grep -c saved)" 0
lease=$(taken)
told run.release ''
lease=$(taken)
sidestep spend --by model --workflow "w-$run" >table
has "$(cat table)" "Replay saved 2 calls, 1800 tokens, cost 2.50."
is "$(grep -c 'not said' table) $(grep -c 'm-1 .*900 .*1.25' table)" "0 1"
C
