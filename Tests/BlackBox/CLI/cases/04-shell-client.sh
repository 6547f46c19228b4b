export CLIENT=$here/../../../clients/shell/sidestep.sh

for shell in $SHELLS; do
    export shell

    check "sidestep.sh under $shell: waits for a signal, sleeps, and prints again what was recorded" <<'C'
cat >script <<'S'
set -eu
. "$CLIENT"
sidestep_start "$1"
sidestep_sleep nap 20
sidestep_wait signal approve 10000
sidestep_wait promise never 20 || echo "status $?"
sidestep_finish
S
sidestep enqueue default --run "$run-$shell" >/dev/null
"$shell" -c '. "$CLIENT"; sidestep_signal "$1" approve "[1]" m1; sidestep_signal "$1" approve "[2]" m1' - "$run-$shell"
for _ in 1 2; do "$shell" script "$run-$shell" >out; is "$(cat out)" "[1]
null
status 75"; done
C

    check "sidestep.sh under $shell: functions are steps, and run once" <<'C'
cat >script <<'S'
set -eu
. "$CLIENT"
sidestep_start "$1" --workflow "it's a w" --input '{"n": 1.0}'
hello() { echo "hello $*"; echo x >>"ran-$1"; }
sidestep_step greet hello "$1" 'two words'
got=$(sidestep_step --retry 2 "odd \"name\" \\ é" hello "$1" quoted)
echo "[$got]"
sidestep_state_set progress 0.50
sidestep_checkpoint --state '{"at": 1.0}' --step-number 3 >/dev/null
sidestep_finish '{"ok": true}'
S
for _ in 1 2; do "$shell" script "$run-$shell" >out; is "$(cat out)" "hello $run-$shell two words
[hello $run-$shell quoted]"; done
is "$(wc -l <"ran-$run-$shell")" 2
is "$(sidestep state get progress --run "$run-$shell")" 0.50
has "$(sidestep call run.get "{\"run\": \"$run-$shell\"}")" '"input":{"n": 1.0}'
is "$(sidestep result "$run-$shell")" '{"ok": true}'
C

    check "sidestep.sh under $shell: a failed step runs again in the script's next pass" <<'C'
cat >script <<'S'
set -eu
. "$CLIENT"
sidestep_start "$1"
sidestep_step good sh -c 'echo good >>"$1"' sh "$2"
sidestep_step bad sh -c 'echo bad >>"$1"; [ "$(grep -c bad "$1")" = 2 ]' sh "$2"
sidestep_finish
S
status 1 "$shell" script "$run-$shell" "log-$shell"
"$shell" script "$run-$shell" "log-$shell"
is "$(tr '\n' ' ' <"log-$shell")" "good bad bad "
C

    check "sidestep.sh under $shell: bytes that are no text come back" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1"
sidestep_step bin printf 'a\377\000b'
S
for _ in 1 2; do "$shell" script "$run-$shell" | cmp - <(printf 'a\377\000b'); comes free "$run-$shell"; done
C

    check "sidestep.sh under $shell: errors name the kind and the next command" <<'C'
status 64 "$shell" -c '. "$CLIENT"; sidestep_step a true' 2>error
has "$(cat error)" "sidestep_start my-run"
eval "$(sidestep start "$run-$shell")"
status 75 "$shell" -c '. "$CLIENT"; unset SIDESTEP_RUN SIDESTEP_LEASE; sidestep_start '"$run-$shell" 2>error
has "$(cat error)" "[run_owned]"
status 70 "$shell" -c '. "$CLIENT"; sidestep_call run.get "{\"run\": \"nobody\"}"' 2>error
has "$(cat error)" "[run_not_found]"
SIDESTEP_PATIENCE=0 status 69 "$shell" -c '. "$CLIENT"; SIDESTEP_SOCKET=/nowhere sidestep_call ping' 2>/dev/null
SIDESTEP_PATIENCE=08 status 0 "$shell" -c '. "$CLIENT"; sidestep_call ping' >/dev/null
for odd in 1m -1 '' 12345678 'x[$(touch evaluated)]'; do
    wanted=64; [ -n "$odd" ] || wanted=0
    SIDESTEP_PATIENCE=$odd status "$wanted" "$shell" -c '. "$CLIENT"; sidestep_call ping' >/dev/null 2>error
    [ -z "$odd" ] || has "$(cat error)" "SIDESTEP_PATIENCE"
done
[ ! -e evaluated ]
C

    check "sidestep.sh under $shell: names may hold newlines, and those that are no UTF-8 are refused" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
for name in "a
b" "a
" "a" "b" "a
b"; do sidestep_step "$name" echo "<$name>" || exit; done
sidestep_step --retry 2 "outer
x" nested
S
cat >>script <<'S'
bytes=$(printf 'a\377b') other=$(printf 'a\376b')
for name in "$bytes" "$other"; do sidestep_step "$name" touch "ran-$1"; echo "status $?"; done
sidestep_step show printf '<%s>' "$bytes" | od -An -c
S
sed -i '2a nested() { sidestep_step inner echo in; }' script
for _ in 1 2; do timeout 60 "$shell" script "$run-$shell" >out 2>error; is "$(cat out)" "<a
b>
<a
>
<a>
<b>
<a
b>
in
status 64
status 64
   <   a 377   b   >"; done
has "$(cat error)" "no UTF-8"
[ ! -e "ran-$run-$shell" ]
is "$(sidestep call step.list "{\"run\": \"$run-$shell\"}" | jq -c '[.steps[].step]')" \
    '["a\nb","a\n","a","b","a\nb#2","outer\nx/inner","outer\nx","show"]'
C

    check "sidestep.sh under $shell: texts of more than 128 KiB" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
text=$(awk 'BEGIN { for (i = 0; i < 30000; i++) print "\"line\"" }')
sidestep_artifact report markdown "$text" && sidestep_step long printf '%s' "$text" | wc -c
sidestep_fail "$text"
S
for _ in 1 2; do is "$("$shell" script "$run-$shell")" 209999; done
is "$(sidestep call artifact.get "{\"run\":\"$run-$shell\",\"artifact\":\"report\"}" | jq '.content | length')" 209999
C
done

check "sidestep.sh is clean for shellcheck" <<'C'
command -v shellcheck >/dev/null || exit 0
shellcheck "$CLIENT"
C

check "a run begun with the command line tool goes on with sidestep.sh" <<'C'
bash -c "eval \"\$(sidestep start $run)\"; sidestep step a -- echo one" >/dev/null
comes free "$run"
is "$(dash -c '. "$CLIENT"; sidestep_start "$0" && sidestep_step a echo two' "$run")" one
C
