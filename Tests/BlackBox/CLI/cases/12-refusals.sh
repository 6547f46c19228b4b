# Refusals that come at once, say why, and are alike everywhere.
# shellcheck shell=bash disable=SC2016,SC2154

export CLIENT=$here/../../../clients/shell/sidestep.sh

check "an output that no line holds is refused when the limit is given, and when it is reached" <<'C'
eval "$(sidestep start "$run")"
status 70 timeout 120 sidestep step a --output-limit 100000000 --status-file told -- touch ran 2>error
has "$(cat error)" payload_too_large
is "$(cat told)" "sidestep 70 payload_too_large"
[ ! -e ran ]
# Each of these bytes takes six on the line.
for _ in 1 2; do
    status 122 timeout 300 sidestep step b --output-limit 60000000 --status-file told -- sh -c 'echo x >>ran; head -c 12000000 /dev/zero' >out 2>error
    has "$(cat error)" "too long to be recorded"
    is "$(cat told)" "output_limit 122"
done
is "$(lines ran)" 1
status 70 timeout 120 sh -c 'head -c 70000000 /dev/zero | tr "\0" 1 | sidestep finish --despite-failures --output -' 2>error
has "$(cat error)" payload_too_large
C

check "a limit of the daemon's own is kept, too" <<'C'
printf 'limits.frame_bytes = 65536\n' >small.conf
sidestepd --socket "$PWD/small.sock" --database "$PWD/small.db" --config "$PWD/small.conf" 2>/dev/null & daemon=$!
trap 'kill $daemon' EXIT
export SIDESTEP_SOCKET=$PWD/small.sock
comes sidestep ping
eval "$(sidestep start "$run")"
status 122 timeout 60 sidestep step a -- seq 20000 >/dev/null
status 122 timeout 60 bash -c '. "$CLIENT"; sidestep_step b seq 20000' >/dev/null 2>error || { cat error; exit 1; }
C

check "the program runs a command on the word execute and on no other" <<'C'
cat >middle <<'M'
read -r line
printf '%s\n' "$line" | socat -t60 - "UNIX-CONNECT:$REAL" | sed 's/"status":"execute"/"status":"perhaps"/'
M
eval "$(sidestep start "$run")"
REAL=$SIDESTEP_SOCKET socat "UNIX-LISTEN:$run.sock,fork" "EXEC:sh middle" 2>/dev/null & middle=$!
trap 'kill $middle' EXIT
comes listening "$run.sock"
status 70 sidestep step a --socket "$run.sock" -- touch "$run.ran" 2>error
has "$(cat error)" unexpected_reply
[ ! -e "$run.ran" ]
C

check "an unknown run is refused alike by every command" <<'C'
for command in "show R" "why R" "history R" "result R" "logs R" "cancel R" "pause R" "unpause R" "delete R" "fork R" \
    "export R" "signals R" "diff R R" "signal R x" "budget get R" "resolve R x --rerun" "approve R" "watch R" \
    "artifact list --run R" "state list --run R" "state get x --run R" "promise list R"; do
    # shellcheck disable=SC2086  # words
    status 70 timeout 60 sidestep ${command//R/nobody-$run} >out 2>error || { echo "$command"; cat out error; exit 1; }
    has "$(cat error)" "[run_not_found]"
done
sidestep delete --missing-ok "nobody-$run"
C

check "with --json errors are JSON, too, and call says what caused one" <<'C'
status 70 sidestep show "nobody-$run" --json >out 2>error
is "$(cat out)" ""
is "$(jq -r '.error.kind, .status' error | xargs)" "run_not_found 70"
eval "$(sidestep start "$run")"
status 70 sidestep call run-step --lease '{"step":"x","exec":{"argv":["sh","-c","exit 7"]}}' 2>error
has "$(cat error)" "cause: "
has "$(cat error)" 7
status 70 sidestep call run-step --lease '{"step":"x","exec":{"argv":["sh","-c","exit 7"]}}' --json 2>error
is "$(jq -r '.error.kind, .error.failure.exit' error | xargs)" "step_failed 7"
C

check "help shows spans as people write them" <<'C'
has "$(sidestep run --help | xargs -d "\n" echo | tr -s " ")" "(default: 10s)"
for command in $(sidestep --help | awk '/^  [a-z-]+  /{print $1}'); do
    case $(sidestep "$command" --help 2>&1) in *"default: "[A-Z]*"("*) echo "$command"; exit 1 ;; esac
done
C

check "a script without the program on its path does not go on" <<'C'
cat >script <<'S'
s=$(sidestep start "$1") && eval "$s" || exit
echo went on
S
for flags in -- -e; do
    PATH=/usr/bin:/bin status 127 dash "$flags" script "$run" >out 2>/dev/null
    is "$(cat out)" ""
    SIDESTEP_SOCKET=$PWD/nobody status 69 dash "$flags" script "$run" >out 2>/dev/null
    is "$(cat out)" ""
done
C

check "an unknown step says that its command is still at work" <<'C'
dash -c 's=$(sidestep start "$1") && eval "$s" || exit
sidestep step --at-most-once pay -- sh -c "echo \$\$ >\$0; exec sleep 300" "$1.pid"; :' - "$run" & pid=$!
comes test -s "$run.pid"
kill -9 "$pid"
comes free "$run"
has "$(sidestep inflight 2>&1)" "$run pay is still at work here: process $(cat "$run.pid")"
kill "$(cat "$run.pid")"
C

for shell in $SHELLS; do
    export shell

    check "sidestep.sh under $shell: wrong usage is 64, and nothing runs" <<'C'
eval "$(sidestep start "$run")"
for words in "--bogus a touch $run.ran" "--retry" "a" "" "--stdin loud a touch $run.ran" "--accept x a touch $run.ran" "--output-limit -1 a touch $run.ran"; do
    # shellcheck disable=SC2086  # words
    status 64 "$shell" -c '. "$CLIENT"; sidestep_step "$@"' - $words 2>error || { echo "$words"; exit 1; }
    has "$(cat error)" "sidestep_step"
done
[ ! -e "$run.ran" ]
"$shell" -c '. "$CLIENT"; sidestep_step -- --odd touch "$0"' "$run.ran"
[ -e "$run.ran" ]
status 64 "$shell" -c '. "$CLIENT"; sidestep_finish --bogus' 2>/dev/null
status 64 "$shell" -c '. "$CLIENT"; sidestep_start x --bogus y' 2>/dev/null
C

    check "sidestep.sh under $shell: set -e holds in a function that is a step" <<'C'
cat >script <<'S'
set -e
. "$CLIENT"
sidestep_start "$1"
body() { false; echo on; }
sidestep_step plain body
echo not reached
S
status 1 "$shell" script "$run" >out
is "$(cat out)" ""
C
done

check "a start whose script has ended gives the run to nobody else" <<'C'
setsid sh -c '(until [ -e "$0.go" ]; do sleep 0.02; done; exec sidestep start "$0" >"$0.out" 2>"$0.error") & exit' "$run"
touch "$run.go"
comes grep -q "has ended" "$run.error"
is "$(cat "$run.out")" "(exit 70)"
status 70 sidestep show "$run" 2>/dev/null
C
