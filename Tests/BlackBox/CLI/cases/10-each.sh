# Lines as steps: sidestep each. SIDESTEP_EACH_KILLS says how often it is killed in one case.
# shellcheck shell=bash disable=SC2016

check "each runs a command once for every line, and never again" <<'C'
for pass in 1 2; do
    bash -euc 'eval "$(sidestep start '"$run"')"; printf "b\na\nc\n" | sidestep each say -j 3 -- sh -c "echo \$1 >>done; echo got \$1" sh {}' >out
    is "$(cat out)" "got b
got a
got c"
done
is "$(sort done | xargs)" "a b c"
is "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"say:a\"}" | jq -c .output)" '{"stdout":"got a\n","exit":0}'
C

check "each prints in the order of the lines, whoever ends first" <<'C'
eval "$(sidestep start "$run")"
is "$(printf '1\n2\n3\n' | sidestep each order -j 3 -- sh -c 'if [ $1 = 1 ]; then until [ -e $0.first ]; do sleep 0.02; done; fi
    [ $1 != 3 ] || touch $0.first; echo $1' "$run" {} | xargs)" "1 2 3"
C

check "the same line is the same step whatever the order, and is counted when it comes again" <<'C'
eval "$(sidestep start "$run")"
printf 'a\na\nb\na\n' | sidestep each n -- sh -c 'echo $1 >>runs' sh {}
printf 'b\na\nc\na\na\n' | sidestep each n -- sh -c 'echo $1 >>runs' sh {}
is "$(sort runs | xargs)" "a a a b c"
is "$(sidestep call step.list "{\"run\": \"$run\"}" | jq -r '.steps[].step' | sort | xargs)" "n#2:a n#3:a n:a n:b n:c"
C

check "each takes bytes: spaces, quotes, no UTF-8, newlines under --null, a last line without an end" <<'C'
eval "$(sidestep start "$run")"
printf 'a b\n"q" $x\n\ncaf\351\ncaf\352' >lines
for _ in 1 2; do sidestep each odd -- printf '<%s>' <lines | cmp - <(printf '<a b><"q" $x><caf\351><caf\352>'); done
is "$(sidestep call step.list "{\"run\": \"$run\"}" | jq '.steps | length')" 4
is "$(printf 'x\ny\0z' | sidestep each null -0 -- printf '<%s>')" "<x
y><z>"
is "$(echo in | sidestep each fill -- echo 'pre-{}-{}' '{}{' | xargs)" "pre-in-in in{"
C

check "the exit status of each tells how many lines failed, and the others are done" <<'C'
eval "$(sidestep start "$run")"
status 3 sidestep each f -j 4 -- sh -c 'echo out $1; [ $(($1 % 3)) != 0 ]' sh {} < <(seq 9) >out 2>error
is "$(wc -l <out)" 9
has "$(cat error)" "3 of 9 lines failed"
has "$(cat error)" "  6: status 1"
status 3 sidestep each f -j 4 -- false < <(seq 9) 2>/dev/null >again
is "$(cat again)" "$(cat out)"
status 63 sidestep each many -q -j 8 -- false < <(seq 70) 2>error
is "$(cat error)" ""
status 1 sidestep each none -- no-such-command <<<a 2>error
has "$(cat error)" "no-such-command"
C

check "lines that failed run again when the script is started again, and no others" <<'C'
script='eval "$(sidestep start '"$run"')"; seq 5 | sidestep each r -j 2 -- sh -c "echo \$1 >>failed-runs; [ \$1 != 3 ] || [ -e mended-lines ]" sh {}'
status 1 bash -euc "$script" 2>/dev/null
comes free "$run"
touch mended-lines
bash -euc "$script"
is "$(sort failed-runs | xargs)" "1 2 3 3 4 5"
C

check "with --fail-fast no line begins after one has failed" <<'C'
eval "$(sidestep start "$run")"
status 1 sidestep each ff -j 1 --fail-fast -- sh -c 'echo $1 >>begun; [ $1 != 3 ]' sh {} < <(seq 100) 2>/dev/null
is "$(wc -l <begun)" 3
C

check "each begins a line while the next one is not written yet" <<'C'
eval "$(sidestep start "$run")"
{ echo 1; until [ -s slow ]; do sleep 0.02; done; echo 2; } | sidestep each slow -- sh -c 'echo $1 >>slow' sh {}
is "$(xargs <slow)" "1 2"
C

check "as many commands run at a time as -j says, and no more" <<'C'
eval "$(sidestep start "$run")"
mkdir at
seq 12 | sidestep each par -j 3 -- bash -c 'touch at/$1; ls at | wc -l >>counts
    for _ in $(seq 500); do [ $(ls at | wc -l) -ge 3 ] || [ $1 -gt 9 ] || [ -e full ] && break; sleep 0.02; done; touch full; rm at/$1' sh {}
is "$(sort -n counts | tail -1)" 3
C

check "each retries a line as its policy says" <<'C'
eval "$(sidestep start "$run")"
policy='{"max_attempts": 3, "initial_ms": 10}'
is "$(printf '1\n2\n' | sidestep each try -j 2 --retry "$policy" -- sh -c 'echo x >>tries-$1; [ $(wc -l <tries-$1) = 3 ] && echo ok $1' sh {} | xargs)" "ok 1 ok 2"
is "$(cat tries-1 tries-2 | wc -l)" 6
C

check "a line that takes too long is ended, with what it started" <<'C'
eval "$(sidestep start "$run")"
status 1 timeout 60 sidestep each slow -j 2 --timeout 300ms -- sh -c '[ $1 = 2 ] || { setsid sleep 300 & echo $! >pid; exec sleep 300; }' sh {} < <(seq 2) 2>error
has "$(cat error)" "longer than --timeout"
comes gone "$(cat pid)"
C

check "killed at any moment and started again, each does what is left and nothing twice that was recorded" <<'C'
kills=${SIDESTEP_EACH_KILLS:-12} total=$((kills * 15 + 20))
export total
cat >script <<'S'
eval "$(sidestep start "$1" --if-owned wait --wait 60s)"
seq "$total" | sidestep each work -j 4 -- sh -c 'echo $1 >>killed-begun; sleep 0.02; echo $1 >>killed-ended' sh {}
sidestep finish
S
enough() { [ "$(lines killed-ended)" -ge "$1" ]; }
for kill in $(seq "$kills"); do
    before=$(lines killed-ended)
    setsid bash -eu script "$run" 2>/dev/null & pid=$!
    comes enough $((before + 6))
    # The group, each alone, and the script alone, in turns.
    case $((kill % 3)) in
    0) kill -9 -- "-$pid" || : ;;
    1) kill -9 "$(pgrep -g "$pid" -f 'sidestep each' | head -1)" || : ;;
    2) kill -9 "$pid" || : ;;
    esac 2>/dev/null
    wait "$pid" || :
done
bash -eu script "$run" 2>/dev/null
is "$(sort -nu killed-ended | xargs)" "$(seq "$total" | xargs)"
is "$(state "$run")" completed
# What was recorded did not begin again: at most the four that ran at a kill did, and four whose record was on its way.
[ "$(wc -l <killed-begun)" -le $((total + 8 * kills)) ] || { echo "$(wc -l <killed-begun) beginnings of $total lines"; exit 1; }
begun=$(wc -l <killed-begun)
bash -eu script "$run" >/dev/null 2>&1
is "$(wc -l <killed-begun)" "$begun"
C

check "when the script alone is killed, each ends its commands, and the next one does not work beside them" <<'C'
cat >script <<'S'
eval "$(sidestep start "$1" --if-owned wait --wait 60s)"
seq 2 | sidestep each work -j 2 -- sh -c 'echo $$ >>"$2"; trap : TERM; while [ ! -e "$2.go" ]; do sleep 0.02; done' sh {} "$2"
S
bash -eu script "$run" "$run.first" & pid=$!
two() { [ "$(lines "$1")" = 2 ]; }
comes two "$run.first"
kill -9 "$pid"
wait "$pid" || :
bash -eu script "$run" "$run.second" & pid=$!
comes two "$run.second"
for old in $(cat "$run.first"); do gone "$old" || ! kill -0 "$old" 2>/dev/null; done
touch "$run.second.go"
wait "$pid"
C

check "without pidfds each notices the end of its script, too" <<'C'
cat >script <<'S'
eval "$(sidestep start "$1")"
echo x | "${@:2}" sidestep each work -- sh -c 'echo $$ >"$0"; exec sleep 300' "$1.pid"
S
bash -eu script "$run" "$launch" --deny pidfd_open=ENOSYS -- & pid=$!
comes test -s "$run.pid"
kill -9 "$pid"
wait "$pid" || :
comes gone "$(cat "$run.pid")"
C

check "with few descriptors each runs as many as there is room for, and fails no line" <<'C'
eval "$(sidestep start "$run")"
(ulimit -n 24; seq 60 | sidestep each few -j 40 -- sh -c 'sleep 0.02; echo $1' sh {} >out)
is "$(cat out)" "$(seq 60)"
C

check "Ctrl-C's signal ends the commands, records none of them as failed, and each dies of it" <<'C'
eval "$(sidestep start "$run")"
seq 3 | sidestep each int -j 3 -- sh -c 'echo $$ >>pids; exec sleep 300' & pid=$!
three() { [ "$(lines pids)" = 3 ]; }
comes three
kill -TERM "$pid"
status 143 wait "$pid" 2>/dev/null
for each in $(cat pids); do comes gone "$each"; done
is "$(sidestep call step.list "{\"run\": \"$run\", \"status\": \"failed\"}" | jq '.steps | length')" 0
seq 3 | sidestep each int -- true
C

check "an at-most-once line that died is unknown, fails, and the others go on" <<'C'
export run
setsid bash -c 'eval "$(sidestep start "$run")"; echo pay | sidestep each once --at-most-once -- sh -c "kill -9 0"' || :
eval "$(sidestep start "$run" --if-owned wait --wait 60s)"
status 1 sidestep each once --at-most-once -- echo did < <(printf 'pay\nother\n') >out 2>error
is "$(cat out)" "did other"
has "$(cat error)" "sidestep resolve $run once:pay"
C

check "a daemon that is killed in the middle is waited for, and nothing is lost" <<'C'
export SIDESTEP_SOCKET=$PWD/own-$run.sock
own() { sidestepd --socket "$SIDESTEP_SOCKET" --database "own-$run.db" >>own.log 2>&1 & own=$!; comes sidestep ping; }
own
eval "$(sidestep start "$run")"
seq 200 | sidestep each down -j 4 -- sh -c 'echo $1 >>down; sleep 0.01; echo $1' sh {} >out & pid=$!
for _ in 1 2; do
    comes test -s down
    kill -9 "$own"; wait "$own" 2>/dev/null || :
    own
done
wait "$pid"
is "$(cat out)" "$(seq 200)"
is "$(sidestep call step.list "{\"run\": \"$run\", \"status\": \"completed\"}" | jq '.steps | length')" 200
kill "$own"
C

check "each repeats a closed run, and says that a new line cannot be recorded" <<'C'
eval "$(sidestep start "$run")"
seq 2 | sidestep each old -- echo >/dev/null
sidestep finish 2>/dev/null
eval "$(sidestep start "$run")"
is "$(seq 2 | sidestep each old -- false | xargs)" "1 2"
status 70 sidestep each old -- touch new < <(seq 3) >/dev/null 2>error
has "$(cat error)" "--if-closed rerun"
[ ! -e new ]
C

check "each records what can be recorded: an output at its limit, and one past it fails its line at once" <<'C'
eval "$(sidestep start "$run")"
# Written as JSON these bytes take the most room there is.
status 1 sidestep each big -j 2 --output-limit 10485760 -- sh -c 'head -c "$1" /dev/zero | tr "\0" "\1"' sh {} < <(printf '10485760\n10485761\n') >out 2>error
is "$(wc -c <out)" 10485760
has "$(cat error)" "10485761: status"
has "$(cat error)" "--output-limit"
is "$(sidestep each big --output-limit 10485760 -- false <<<10485760 | wc -c)" 10485760
C

check "each as JSON says of every line what became of it" <<'C'
eval "$(sidestep start "$run")"
status 1 sidestep each j --json -- sh -c 'echo $1; [ $1 = 1 ]' sh {} < <(seq 2) >out 2>/dev/null
is "$(jq -c '[.line, .step, .status, .replayed, .output.stdout // .error.exit]' out)" '["1","j:1","completed",false,"1\n"]
["2","j:2","failed",false,1]'
C

check "wrong use of each says what to do" <<'C'
status 64 sidestep each a:b -- true </dev/null 2>error
has "$(cat error)" "colon"
status 64 sidestep each 'a#2' -- true </dev/null 2>/dev/null
status 64 sidestep each a </dev/null 2>error
has "$(cat error)" "after --"
status 64 sidestep each a -j 0 -- true </dev/null 2>/dev/null
status 64 sidestep each a --output-limit 20000000 -- true </dev/null 2>/dev/null
status 64 sidestep each a -- true </dev/null 2>error
has "$(cat error)" 'sidestep start my-run'
C

check "a step inside a line carries its name, and each within a step carries that one's" <<'C'
eval "$(sidestep start "$run")"
echo x | sidestep each out -- sidestep step in -- sh -c 'echo $SIDESTEP_STEP' >got
is "$(cat got)" "out:x/in"
is "$(echo y | sidestep step around -- sidestep each in -- sh -c 'echo $SIDESTEP_STEP $SIDESTEP_IDEMPOTENCY_KEY')" \
    "around/in:y $(sidestep call run.get "{\"run\": \"$run\"}" | jq -r .run.uid)/around/in:y"
C
