check "ps lists open runs, all runs, and by workflow and status" <<'C'
eval "$(sidestep start "$run" --workflow "w-$run")"
has "$(sidestep ps --workflow "w-$run")" "$run"
has "$(sidestep ps --workflow "w-$run")" "pid $$"
sidestep finish 2>/dev/null
has "$(sidestep ps --workflow "w-$run")" "No run is open"
has "$(sidestep ps --all --workflow "w-$run")" completed
has "$(sidestep ps --status completed --workflow "w-$run")" "$run"
is "$(sidestep ps --all --workflow "w-$run" --json | jq '.runs | length')" 1
status 64 sidestep ps --status nonsense 2>/dev/null
C

check "show tells run, input, tags and steps" <<'C'
eval "$(sidestep start "$run" --workflow trip --input '{"to": "Oslo"}' --tag k=v)"
sidestep step a -- echo hello >/dev/null
shown=$(sidestep show "$run")
has "$shown" 'workflow  trip'
has "$shown" '{"to": "Oslo"}'
has "$shown" 'k=v'
has "$shown" '{"stdout":"hello\n","exit":0}'
has "$(sidestep show)" "$run"
is "$(sidestep show "$run" --json | jq -r .run.id)" "$run"
C

check "a run that is not there: status 70 and its kind" <<'C'
for command in show why history pause unpause result; do
    status 70 sidestep $command no-such-run 2>error
    has "$(cat error)" run_not_found
done
C

check "why speaks in sentences" <<'C'
eval "$(sidestep start "$run")"
has "$(sidestep why "$run")" "Next:"
is "$(sidestep why "$run" --json | jq -r .run.id)" "$run"
C

check "show and why print the traceback that a client recorded, its end, and nothing a terminal obeys" <<'C'
eval "$(sidestep start "$run")"
error=$(for n in $(seq 40); do echo "  File \"a.py\", line $n, in f"; done |
    jq -Rsc '{type: "ValueError", message: "no", traceback: (. + "    \u001b[31mraise\n")}')
fail() { jq -nc --argjson e "$1" '{run: env.SIDESTEP_RUN, lease: env.SIDESTEP_LEASE, error: $e} + $ARGS.named.more' --argjson more "$2"; }
sidestep call step.fail "$(fail "$error" '{"step":"fetch"}')" >/dev/null
for command in show why; do
    sidestep $command "$run" >shown
    has "$(cat shown)" "Traceback of step fetch (ValueError), its last lines:"
    has "$(cat shown)" 'line 40, in f'
    is "$(grep -c 'in f$' shown)" 19
    is "$(grep -c "$(printf '\033')" shown)" 0
done
sidestep call run.fail "$(fail "$(jq -c '.step = "fetch"' <<<"$error")" '{}')" >/dev/null
is "$(sidestep show "$run" | grep -c Traceback)" 1
is "$(sidestep show "$run" --json | jq -j .error.traceback | wc -l)" 41
C

check "history lists entries, as JSON one to a line" <<'C'
eval "$(sidestep start "$run")"
sidestep step a -- true
has "$(sidestep history "$run")" "step.completed"
is "$(sidestep history "$run" --json | jq -r 'select(.step == "a" and .kind == "step.completed") | .step')" a
C

check "result waits, and says 75 while the run is open" <<'C'
eval "$(sidestep start "$run")"
status 75 sidestep result "$run" 2>/dev/null
sidestep result "$run" --wait 60s >out & pid=$!
comes test -d "/proc/$pid"
sidestep finish --output 42 2>/dev/null
wait "$pid"
is "$(cat out)" 42
C

check "pause fences the owner, unpause lets the run go on" <<'C'
eval "$(sidestep start "$run")"
sidestep pause "$run" 2>/dev/null
has "$(sidestep ps)" "paused (operator)"
sidestep step a -- true 2>error && exit 1
status 70 bash -c "eval \"\$(sidestep start $run 2>/dev/null)\""
sidestep unpause "$run" 2>/dev/null
eval "$(sidestep start "$run")"
sidestep step a -- true
C

check "resolve has three verdicts and refuses a step that is known" <<'C'
eval "$(sidestep start "$run")"
sidestep step a -- true
status 64 sidestep resolve "$run" a --rerun 2>error
has "$(cat error)" invalid_argument
status 64 sidestep resolve "$run" a --rerun --failed x 2>/dev/null
C

check "inflight lists running steps when asked" <<'C'
eval "$(sidestep start "$run")"
sidestep step long -- sleep 300 & pid=$!
comes shows "$run" sidestep inflight --all
has "$(sidestep inflight --all)" long
kill $pid
C

check "delete removes a run" <<'C'
eval "$(sidestep start "$run")"
status 75 sidestep delete "$run" 2>/dev/null
sidestep finish 2>/dev/null
sidestep delete "$run" 2>/dev/null
status 70 sidestep show "$run" 2>/dev/null
C

check "no colour when standard output is no terminal" <<'C'
eval "$(sidestep start "$run")"
unset NO_COLOR
! sidestep ps | grep -q $'\033'
C

check "timeline draws the lives of a run, its steps and what befell it, within its width" <<'C'
sidestep run --id "$run" --no-restart-exit 3 -- sh -c 'sidestep step one -- true; sidestep step two -- sleep 1; exit 3' || :
drawn=$(sidestep timeline "$run" --width 80)
has "$drawn" "$run  failed"
has "$drawn" "life 1 by"
has "$drawn" "two  "
has "$drawn" "##"
has "$drawn" "run.failed"
is "$(sidestep timeline "$run" --width 80 | awk 'NR > 2 && length > 90' | wc -l)" 0
is "$(sidestep timeline "$run" --json | jq -c '[.lives[].end, .partial]')" '["failed",false]'
has "$(sidestep timeline "$run" --last 10ms --json)" '"partial":false'
status 64 sidestep timeline "$run" --width 3 2>error
has "$(cat error)" "from 40 to 4000"
C

check "view keeps filters under names, and ps lists by them" <<'C'
for id in a b; do
    s=$(sidestep start "$run-$id" --workflow "w-$run" --tag "team=$id")
    eval "$s"
done
sidestep finish 2>/dev/null
sidestep view put "$run" --workflow "w-$run" --since 1h --tag team=b 2>said
has "$(cat said)" "view $run saved"
has "$(sidestep view list)" "workflow=w-$run since=1h tag:team=b"
is "$(sidestep view list --json | jq -c --arg name "$run" '.views[] | select(.view == $name).filter')" \
    "{\"workflow\":\"w-$run\",\"newer_than_ms\":3600000,\"tag\":{\"team\":\"b\"}}"
is "$(sidestep ps --view "$run" --json | jq -r '.runs[].id')" "$run-b"
is "$(sidestep ps --view "$run" --tag team=a --json | jq -r '.runs[].id')" "$run-a"
has "$(sidestep ps --view "$run" --status running)" "There are no such runs."
sidestep view put "$run" --workflow "w-$run" --open 2>/dev/null
is "$(sidestep ps --view "$run" --json | jq -r '.runs[].id')" "$run-a"
is "$(sidestep ps --view "$run" --all --json | jq -r '.runs | length')" 2
is "$(sidestep ps --view "$run" --status completed --json | jq -r '.runs[].id')" "$run-b"
status 64 sidestep view put "$run" --status sleepy 2>error
sidestep view delete "$run" 2>/dev/null
status 1 sidestep view delete "$run" 2>error
status 64 sidestep ps --view "$run" 2>error
has "$(cat error)" "sidestep view put"
C

check "usage says what takes space, the most first, and how old its figures are" <<'C'
s=$(sidestep start "$run" --workflow "w-$run" --input '"12345678"')
eval "$s"
sidestep step a -- echo hello >/dev/null
sidestep usage --fresh --workflow "w-$run" >shown 2>said
has "$(cat shown)" "WORKFLOW"
has "$(cat shown)" "w-$run"
has "$(cat said)" "counted "
is "$(sidestep usage --workflow "w-$run" --json | jq -c '.lines[] | [.open_runs, .closed_runs, .steps]')" "[1,0,1]"
is "$(sidestep usage --workflow none 2>/dev/null)" "There is nothing that takes space."
status 64 sidestep usage --limit 0 2>error
C
