check "start gives the run to the script" <<'C'
eval "$(sidestep start "$run" --workflow w --input '{"n": 1}' --tag team=red)"
is "$SIDESTEP_RUN" "$run"
got=$(sidestep call run.get "{\"run\": \"$run\"}")
is "$(jq .run.owner.pid <<<"$got")" $$
is "$(jq -r .run.owner.kind <<<"$got")" process
is "$(jq -r .run.workflow <<<"$got")" w
is "$(jq -r .run.tags.team <<<"$got")" red
is "$(jq -c .input <<<"$got")" '{"n":1}'
C

check "the run is let go when the script ends" <<'C'
bash -c "eval \"\$(sidestep start $run)\"; kill -9 \$\$" || :
comes free "$run"
is "$(state "$run")" interrupted
C

check "start without an id makes one" <<'C'
eval "$(sidestep start)"
[ -n "$SIDESTEP_RUN" ]
C

check "an owned run is refused with status 75, its owner named, and eval fails" <<'C'
eval "$(sidestep start "$run")"
status 75 bash -c "eval \"\$(sidestep start $run 2>error)\""
has "$(cat error)" "owner: process $$"
has "$(cat error)" "hint:"
C

check "start waits for an owned run" <<'C'
bash -c "eval \"\$(sidestep start $run)\"; until [ -e $run.go ]; do sleep 0.02; done" &
comes shows running state "$run"
(sleep 0.2; touch "$run.go") &
eval "$(sidestep start "$run" --if-owned wait --wait 60s)"
is "$SIDESTEP_RUN" "$run"
C

check "start prints JSON when asked" <<'C'
is "$(sidestep start "$run" --shell json | jq -r .run.id)" "$run"
C

check "a step without a run says what to type" <<'C'
status 64 sidestep step a -- true 2>error
has "$(cat error)" 's=$(sidestep start my-run) && eval "$s"'
C

check "a finished step prints its record and runs nothing" <<'C'
eval "$(sidestep start "$run")"
is "$(sidestep step a -- sh -c 'echo once >>effects-a; printf "two\nlines"')" "$(printf 'two\nlines')"
is "$(sidestep step a -- sh -c 'echo once >>effects-a; echo other')" "$(printf 'two\nlines')"
is "$(cat effects-a)" once
is "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"a\"}" | jq -c .output)" '{"stdout":"two\nlines","exit":0}'
C

check "with --json a step prints its record, now and when repeated" <<'C'
eval "$(sidestep start "$run")"
for _ in 1 2; do is "$(sidestep step a --json -- echo hi)" '{"stdout":"hi\n","exit":0}'; done
for _ in 1 2; do is "$(sidestep step b --json -- false 2>/dev/null | jq -c '[.type, .exit]')" '["exit",1]'; done
C

check "output that is no UTF-8 comes back byte for byte" <<'C'
eval "$(sidestep start "$run")"
for _ in 1 2; do sidestep step bin -- printf 'a\377\000b' | cmp - <(printf 'a\377\000b'); done
has "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"bin\"}")" '"stdout_base64":"Yf8AYg=="'
C

check "the command gets standard input, arguments and its idempotency key" <<'C'
eval "$(sidestep start "$run")"
is "$(echo text | sidestep step in -- cat)" text
is "$(sidestep step args -- printf '%s,' 'a b' --retry "c'd" --)" "a b,--retry,c'd,--,"
uid=$(sidestep call run.get "{\"run\": \"$run\"}" | jq -r .run.uid)
is "$(sidestep step key -- sh -c 'echo $SIDESTEP_STEP $SIDESTEP_IDEMPOTENCY_KEY')" "key $uid/key"
C

check "a failing step passes its status through, now and when repeated" <<'C'
eval "$(sidestep start "$run")"
status 3 sidestep step bad -- sh -c 'echo out; exit 3' >first
status 3 sidestep step bad -- sh -c 'echo again; exit 0' >second 2>error
is "$(cat first second)" "$(printf 'out\nout')"
has "$(cat error)" "has failed before"
C

check "a step ended by a signal is recorded as 128 + n" <<'C'
eval "$(sidestep start "$run")"
status 143 sidestep step sig -- sh -c 'kill -TERM $$'
status 143 sidestep step sig -- true 2>/dev/null
C

check "a command that is not there gives 127 and is not retried" <<'C'
eval "$(sidestep start "$run")"
status 127 sidestep step none --retry 5 -- no-such-command 2>error
has "$(cat error)" "no-such-command"
C

check "retries follow the policy and give the last attempt's output" <<'C'
eval "$(sidestep start "$run")"
policy='{"max_attempts": 3, "initial_ms": 10}'
out=$(sidestep step flaky --retry "$policy" -- sh -c 'echo x >>tries; n=$(wc -l <tries); echo "try $n"; [ "$n" = 3 ]' 2>error)
is "$out" "try 3"
has "$(cat error)" "again in"
is "$(sidestep step flaky -- false)" "try 3"
C

check "retry_on compares exit statuses" <<'C'
eval "$(sidestep start "$run")"
policy='{"max_attempts": 5, "initial_ms": 10, "retry_on": ["exit:75"]}'
status 4 sidestep step picky --retry "$policy" -- sh -c 'echo x >>picky; [ "$(wc -l <picky)" = 1 ] && exit 75; exit 4' 2>/dev/null
is "$(wc -l <picky)" 2
C

check "a step that takes too long is ended" <<'C'
eval "$(sidestep start "$run")"
for _ in 1 2; do status 124 sidestep step slow --timeout 100ms --status-file told -- sleep 300 2>error
is "$(cat told)" "timeout 124"; done
C

check "too much output fails the step" <<'C'
eval "$(sidestep start "$run")"
sidestep step much --output-limit 10 -- echo "more than ten bytes" >/dev/null 2>error && exit 1
has "$(cat error)" "--output-limit"
C

check "a step that is stopped is not recorded, and runs again" <<'C'
eval "$(sidestep start "$run")"
sidestep step stop -- sh -c 'trap "exit 9" TERM; echo x >>stops; sleep 300 & wait' & pid=$!
comes test -s stops
kill -TERM "$pid"
status 143 wait "$pid" 2>/dev/null
is "$(sidestep step stop -- echo done)" done
C

check "an at-most-once step that died is unknown until resolved" <<'C'
export run
setsid bash -c 'eval "$(sidestep start "$run")"; sidestep step pay --at-most-once -- sh -c "kill -9 0"' || :
eval "$(sidestep start "$run" --if-owned wait --wait 60s)"
status 70 sidestep step pay --at-most-once -- echo twice 2>error
has "$(cat error)" step_unknown
has "$(sidestep inflight)" "pay"
has "$(sidestep inflight)" "sidestep resolve $run pay"
sidestep resolve "$run" pay --completed '{"stdout": "paid\n", "exit": 0}' 2>/dev/null
is "$(sidestep step pay --at-most-once -- echo twice)" paid
C

check "checkpoint prints a resume token that opens the run" <<'C'
eval "$(sidestep start "$run")"
token=$(sidestep checkpoint --state '{"page": 7.0}' --step-number 7 --messages '[1, 2]')
has "$(sidestep call checkpoint.get "{\"token\": \"$token\"}")" '"state":{"page": 7.0}'
echo '[3]' | sidestep checkpoint --state - >/dev/null
is "$(sidestep call checkpoint.get "{\"run\": \"$run\"}" | jq -c .state)" '[3]'
C

check "state is set, read, listed and removed" <<'C'
eval "$(sidestep start "$run")"
sidestep state set progress 0.50
sidestep state set --text name "it's"
is "$(sidestep state get progress --run "$run")" 0.50
is "$(sidestep state get name)" '"it'"'"'s"'
is "$(sidestep state get name --text)" "it's"
has "$(sidestep state list)" "progress  0.50"
sidestep state unset progress
status 1 sidestep state get progress
status 64 sidestep state set name "no json" 2>error
has "$(cat error)" "--text"
C

check "finish closes the run; the script's second pass repeats all and ends well" <<'C'
for pass in 1 2; do
    bash -euc '
        eval "$(sidestep start '"$run"')"
        sidestep step a -- sh -c "echo x >>passes; echo result"
        sidestep finish --output "{\"ok\": true}" 2>/dev/null
    ' >out
    is "$(cat out)" result
done
is "$(wc -l <passes)" 1
is "$(sidestep result "$run")" '{"ok": true}'
C

check "a new step of a finished run is refused with a hint" <<'C'
eval "$(sidestep start "$run")"; sidestep finish 2>/dev/null
eval "$(sidestep start "$run")"
is "$SIDESTEP_LEASE" ""
status 70 sidestep step new -- true 2>error
has "$(cat error)" "--if-closed rerun"
C

check "after a failure the script's second pass repeats what was done and runs the rest" <<'C'
for pass in 1 2; do
    bash -euc '
        eval "$(sidestep start '"$run"')"
        sidestep step good -- sh -c "echo good >>rest"
        sidestep step bad -- sh -c "echo bad >>rest; [ '$pass' = 2 ]"
        sidestep finish 2>/dev/null
    ' && is $pass 2 || is $pass 1
    comes free "$run"
done
is "$(tr '\n' ' ' <rest)" "good bad bad "
C

check "fail closes the run, start opens it again with its finished steps" <<'C'
bash -c "eval \"\$(sidestep start $run)\"; sidestep step a -- echo one; sidestep fail --error 'no space'" >/dev/null 2>&1
status 1 sidestep result "$run" 2>error
has "$(cat error)" "no space"
eval "$(sidestep start "$run")"
is "$(sidestep step a -- echo two)" one
C

check "a step inside a step carries its name" <<'C'
eval "$(sidestep start "$run")"
is "$(sidestep step outer -- sidestep step inner -- echo in)" in
has "$(sidestep show "$run")" "outer/inner"
C

check "the words of a program are handed on as bytes, and names that are no UTF-8 are refused" <<'C'
eval "$(sidestep start "$run")"
bytes=$(printf 'a\377b') other=$(printf 'a\376b')
sidestep step touch -- touch "made-$bytes"
[ -e "made-$bytes" ]
is "$(FOO=$bytes sidestep step env -- sh -c 'printf %s "$FOO$1"' x "$other" | od -An -c)" "   a 377   b   a 376   b"
for name in "$bytes" "$other"; do status 64 sidestep step "$name" -- touch ran 2>error; done
has "$(cat error)" "no UTF-8"
[ ! -e ran ]
status 64 sidestep start "$bytes" >out 2>&1
is "$(sidestep run --id "$run-r" -- printf '<%s>' "$bytes" 2>&1 | od -An -c)" "   <   a 377   b   >"
status 125 sidestep run --detach --id "$run-d" -- touch "$bytes" 2>error
has "$(cat error)" "no UTF-8"
[ "$(sidestep call step.list "{\"run\": \"$run\"}" | jq -c '[.steps[].step]')" = '["touch","env"]' ]
C

check "a start in a pipe says whose end let the run go, and what to say" <<'C'
eval "$(sidestep start "$run" | cat)"
until sidestep why "$run" | grep -q interrupted; do sleep 0.02; done
status 70 sidestep step a -- echo hi 2>error
has "$(cat error)" "has ended, or gave the run back"
has "$(cat error)" '--owner-pid $$'
eval "$(sidestep start "$run" --owner-pid $$ | cat)"
is "$(sidestep step a -- echo hi)" hi
C
