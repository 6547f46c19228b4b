check "a script waits for a person, and when it is run again prints what was said" <<'C'
cat > s.sh <<'S'
eval "$(sidestep start "$1")"
sidestep sleep nap 50ms
sidestep wait signal approve
sidestep finish
S
bash s.sh "$run" > first 2>/dev/null &
comes shows "waits for signal 'approve'" sidestep why "$run"
has "$(sidestep approve "$run")" approve
has "$(sidestep why "$run")" "To change it: sidestep approve $run approve"
sidestep approve "$run" approve --value '{"n":1}' 2>/dev/null
wait
is "$(cat first)" '{"approved":true,"value":{"n":1}}'
is "$(bash s.sh "$run" 2>/dev/null)" '{"approved":true,"value":{"n":1}}'
C

check "a no is an answer, and a second answer comes too late for a promise" <<'C'
eval "$(sidestep start "$run")"
sidestep wait promise quote > answer &
comes shows pending sidestep promise list "$run"
sidestep approve "$run" quote --deny --message "too dear" 2>/dev/null
wait
is "$(cat answer)" '{"approved":false,"message":"too dear"}'
status 1 sidestep promise resolve "$run" quote --value 7 2>error
has "$(cat error)" "it was resolved before"
has "$(sidestep promise list "$run")" "too dear"
C

check "a wait that times out exits with 75, a rejected promise with 1" <<'C'
eval "$(sidestep start "$run")"
status 75 sidestep wait signal never --timeout 30ms 2>/dev/null
sidestep promise reject "$run" p --error '"no"' 2>/dev/null
status 1 sidestep wait promise p >/dev/null
C

check "a signal with an id is delivered once" <<'C'
eval "$(sidestep start "$run")"
sidestep signal "$run" s --value 1 --id m 2>/dev/null
has "$(sidestep signal "$run" s --value 2 --id m 2>&1)" "sent before"
has "$(sidestep signals "$run")" "s"
is "$(sidestep wait signal s)" 1
has "$(sidestep signals "$run")" "No signal waits"
has "$(sidestep signals "$run" --all)" "signal:s"
C

check "timers show what sleeps, and a sleep that is run again only takes the rest" <<'C'
eval "$(sidestep start "$run")"
sidestep sleep long 1h &
comes shows long sidestep timers --run "$run"
kill $!
sidestep sleep short 20ms
sidestep sleep short 1h
C

check "enqueue prints the run, and once more finds it there" <<'C'
is "$(sidestep enqueue "w-$run" --run "$run" --input '{"a": 1}' --priority 3)" "$run"
has "$(sidestep enqueue "w-$run" --run "$run" 2>&1)" "it was there already"
has "$(sidestep why "$run")" "No worker is connected"
has "$(sidestep queue)" default
C

check "queues are limited, paused and go on" <<'C'
sidestep queue put "$run" --concurrency 3 --rate 60/min 2>/dev/null
has "$(sidestep queue list)" "60/min"
sidestep queue pause "$run" 2>/dev/null
has "$(sidestep queue list)" paused
sidestep enqueue w --run "$run" --queue "$run" >/dev/null
has "$(sidestep why "$run")" "The queue '$run' is paused."
has "$(sidestep why "$run")" "sidestep queue unpause $run"
sidestep queue unpause "$run" 2>/dev/null
status 64 sidestep queue put "$run" --rate fast 2>/dev/null
C

check "a run whose steps were undone is not retried, and the refusal says which command does them again" <<'C'
eval "$(sidestep start "$run")"
sidestep step book -- echo booked >/dev/null
sidestep cancel "$run" --reason enough --grace 1h >/dev/null 2>&1
sidestep call step.begin "{\"lease\":\"$SIDESTEP_LEASE\",\"step\":\"return\",\"compensation\":true}" >/dev/null
sidestep call step.complete "{\"lease\":\"$SIDESTEP_LEASE\",\"step\":\"return\"}" >/dev/null
sidestep call run.release "{\"lease\":\"$SIDESTEP_LEASE\"}" >/dev/null
unset SIDESTEP_RUN SIDESTEP_LEASE
status 70 sidestep start "$run" 2>error
has "$(cat error)" "undone (by 'return')"
has "$(cat error)" "sidestep start $run --if-closed rerun"
has "$(sidestep why "$run")" "sidestep start $run --if-closed rerun"
eval "$(sidestep start "$run" --if-closed rerun)"
is "$(sidestep step book -- echo again)" again
C

check "cancel ends a run without an owner, and asks one that has an owner" <<'C'
sidestep enqueue w --run "$run-a" >/dev/null
has "$(sidestep cancel "$run-a" 2>&1)" "run $run-a cancelled"
eval "$(sidestep start "$run")"
has "$(sidestep cancel "$run" --reason enough --grace 1h 2>&1)" "was asked to end"
has "$(sidestep why "$run")" "ago (enough), by process"
status 70 sidestep step more -- true 2>error
has "$(cat error)" run_cancelled
C

check "limits, breakers and budgets are put and shown" <<'C'
sidestep limit put "$run" --rate 10/s --concurrency 2 2>/dev/null
has "$(sidestep limit)" "10/s"
sidestep limit delete "$run" 2>/dev/null
status 1 sidestep limit delete "$run" 2>/dev/null
sidestep breaker put "$run" --failures 3 --cooldown 1m 2>/dev/null
has "$(sidestep breaker)" "0 of 3"
sidestep breaker reset "$run" 2>/dev/null
eval "$(sidestep start "$run")"
has "$(sidestep budget set "$run" tokens=500)" 500
has "$(sidestep budget get)" tokens
status 64 sidestep budget set "$run" tokens=many 2>/dev/null
status 64 sidestep budget set "$run" gold=5 2>/dev/null
C

check "every list says so when there is nothing" <<'C'
has "$(sidestep workers)" "No worker is connected."
sidestep enqueue w --run "$run" >/dev/null
has "$(sidestep promise list "$run")" "made no promise"
has "$(sidestep budget get "$run")" "has no budget"
C

check "the approval example waits over a kill, pays for a yes, and not for a no" <<'C'
program=$EXAMPLES/shell/approval.sh
for answer in --deny ''; do
    id=$run$answer
    "$program" "$id" effects >/dev/null 2>&1 & pid=$!
    comes shows "waits for signal 'payment'" sidestep why "$id"
    kill -9 $pid
    comes shows "is interrupted" sidestep why "$id"
    # shellcheck disable=SC2086  # nothing, or a flag
    sidestep approve "$id" payment $answer 2>/dev/null
    "$program" "$id" effects >/dev/null 2>&1
    has "$(sidestep ps --all)" "$id"
done
is "$(grep -c quote effects)" 2
is "$(grep -c refused effects)" 1
is "$(grep -c '^pay ' effects)" 1
C

check "approve and why show what is to be approved" <<'C'
sidestep enqueue default --run "$run" >/dev/null
sidestep call resume "{\"run\": \"$run\", \"owner\": \"ttl\", \"ttl_ms\": 60000}" >opened
lease=$(jq -r .lease opened)
asked='{"tool":"pay","args":{"euros":5}}'
sidestep call state.set "{\"lease\": \"$lease\", \"name\": \"approval:c1\", \"value\": $asked}" >/dev/null
sidestep call signal.wait "{\"lease\": \"$lease\", \"signal\": \"approval:c1\", \"wait_ms\": 60000}" >answer &
until sidestep approve "$run" | grep -q approval:c1; do sleep 0.02; done
has "$(sidestep approve "$run")" "$asked"
has "$(sidestep why "$run")" "approval:c1 is about $asked"
sidestep approve "$run" c1 2>/dev/null
wait
has "$(cat answer)" '"approved":true'
C

check "a signal waits for a run that is not made yet, when it is asked to" <<'C'
status 70 sidestep signal "$run" go 2>error
has "$(cat error)" run_not_found
sidestep signal "$run" go --value '{"n": 1}' --create
eval "$(sidestep start "$run")"
has "$(sidestep wait signal go)" '"n": 1'
C
