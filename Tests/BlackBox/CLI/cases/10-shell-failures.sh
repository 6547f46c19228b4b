# What sidestep.sh does when a program that it is made of dies, or an answer is not whole.
# shellcheck shell=bash disable=SC2016

export CLIENT=$here/../../../clients/shell/sidestep.sh
plain=$helpers
helpers=$helpers'
# middle COMMAND: a socket, $run.sock, that hands each request to the daemon and what COMMAND makes of the answer back. COMMAND
# finds the request in $line.
middle() {
    cat >"$run.middle" <<M
read -r line
printf "%s\n" "\$line" | socat -t60 - "UNIX-CONNECT:$SIDESTEP_SOCKET" | { $1; }
M
    socat "UNIX-LISTEN:$run.sock,fork" "EXEC:sh $run.middle" 2>/dev/null & middle=$!
    trap "kill $middle" EXIT
    comes listening "$run.sock"
}
# falters PROGRAM COMMAND: from now on a directory on PATH has such a program, which does COMMAND in the call whose number
# is in $run.nth, and is itself in all others.
falters() {
    local real; real=$(command -v "$1")
    mkdir -p "$run.bin"
    cat >"$run.bin/$1" <<F
#!/bin/sh
echo x >>"$PWD/$run.calls"
[ "\$(wc -l <"$PWD/$run.calls")" != "\$(cat "$PWD/$run.nth")" ] || { $2; }
exec $real "\$@"
F
    chmod +x "$run.bin/$1"
}
# nth N COMMAND…: with the program faltering in its call number N.
nth() { echo "$1" >"$run.nth"; : >"$run.calls"; shift; PATH=$PWD/$run.bin:$PATH "$@"; }
'

for shell in $SHELLS; do
    export shell

    check "sidestep.sh under $shell: large outputs are recorded once and come back whole, whatever is exported" <<'C'
cat >script <<'S'
set -a
. "$CLIENT"
sidestep_start "$1" || exit
sidestep_step "230 KB" sh -c 'echo x >>"$0"; head -c 230000 /dev/zero | tr "\0" a' "ran-$1" | wc -c
sidestep_step "300 KB" sh -c 'echo x >>"$0"; head -c 300000 /dev/zero | tr "\0" "\377"' "ran-$1" | wc -c
sidestep_step "small" sh -c 'echo x >>"$0"; echo small' "ran-$1" || exit
S
for _ in 1 2 3; do is "$("$shell" script "$run" | xargs)" "230000 300000 small"; comes free "$run"; done
is "$(lines "ran-$run")" 3
C

    check "sidestep.sh under $shell: half a line is no answer, and nothing goes on" <<'C'
cat >script <<'S'
. "$CLIENT"
SIDESTEP_SOCKET=${FAKE_START:-$SIDESTEP_SOCKET}
sidestep_start "$1" || { echo "start $?"; exit; }
SIDESTEP_SOCKET=${FAKE:-$SIDESTEP_SOCKET}
sidestep_step a sh -c 'echo x >>"$0"; echo out' "ran-$1"; echo "step $?"
S
middle 'case $line in *"\"method\":\"$(cat cut)\""*) head -c 40 ;; *) cat ;; esac'
export SIDESTEP_PATIENCE=1
echo resume >cut
is "$(FAKE_START=$run.sock "$shell" script "$run" 2>error)" "start 70"
has "$(cat error)" "ends in the middle of a line"
echo run-step >cut
export FAKE=$run.sock
is "$("$shell" script "$run" 2>error)" "step 70"
[ ! -e "ran-$run" ]
echo nothing >cut
for _ in 1 2; do comes free "$run"; is "$("$shell" script "$run")" "out
step 0"; done
echo run-step >cut
comes free "$run"
is "$("$shell" script "$run" 2>error)" "step 70"
is "$(lines "ran-$run")" 1
C

    check "sidestep.sh under $shell: an answer that broke off once is asked for again" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
SIDESTEP_SOCKET=${FAKE:-$SIDESTEP_SOCKET}
sidestep_step a sh -c 'echo x >>"$0"; echo out' "ran-$1" && sidestep_finish
S
middle 'echo x >>asked; if [ $(($(wc -l <asked) % 2)) = 1 ]; then head -c 40; else cat; fi'
: >asked
for _ in 1 2; do is "$(FAKE=$run.sock "$shell" script "$run")" out; done
is "$(lines "ran-$run")" 1
is "$(state "$run")" completed
C

    check "sidestep.sh under $shell: Ctrl-C that only socat saw ends the script, also when the answer was there" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
sidestep_state_set a 1; echo "status $?"
S
echo 0 >"$run.nth"
falters socat "/usr/bin/env -u PATH $(command -v socat) \"\$@\"; exit 130"
# The second call writes, the first opens the run.
for number in 2 1; do
    nth "$number" "$shell" script "$run" >out || true
    case $number in 1) is "$(cat out)" "" ;; 2) is "$(cat out)" "status 130" ;; esac
    comes free "$run"
done
is "$("$shell" script "$run")" "status 0"
C

    check "sidestep.sh under $shell: a body runs on the word execute and on no other" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
SIDESTEP_SOCKET=${FAKE:-$SIDESTEP_SOCKET}
sidestep_step a sh -c 'echo x >>"$0"' "ran-$1"; echo "status $?"
S
for word in executes perhaps ""; do
    middle "sed 's/\"status\":\"execute\"/\"status\":\"$word\"/'"
    is "$(FAKE=$run.sock "$shell" script "$run" 2>error)" "status 70"
    has "$(cat error)" "cannot be read"
    kill "$middle"; rm -f "$run.sock"; comes free "$run"
done
trap - EXIT
for answer in '{"jsonrpc":"2.0","id":1,"result":{}}' '{"jsonrpc":"2.0","id":1,"result":[]}' '{"jsonrpc":"2.0"}' 'no JSON' '[]'; do
    middle "case \$line in *run-step*) echo '$answer' ;; *) cat ;; esac"
    is "$(FAKE=$run.sock "$shell" script "$run" 2>error)" "status 70"
    has "$(cat error)" "cannot be read"
    kill "$middle"; rm -f "$run.sock"; comes free "$run"
done
trap - EXIT
[ ! -e "ran-$run" ]
C

    check "sidestep.sh under $shell: whichever jq dies, the script says so, and no body runs twice" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
sidestep_step a sh -c 'echo x >>"$0"; echo out' "ran-$1" || exit
sidestep_step b sh -c 'echo out; exit 3' || { code=$?; [ "$code" = 3 ] || exit "$code"; }
S
for death in 'kill -9 $$' 'exit 5' 'exit 0' 'echo "_sidestep_begun=execu"; kill -9 $$'; do
    falters jq "$death"
    # In the first pass, and in a pass that repeats.
    for _ in 1 2; do
        for number in 1 2 3 4 5 6; do
            comes free "$run"
            got=0; nth "$number" "$shell" script "$run" >out 2>error || got=$?
            # All right when the call is one that does not come, or whose absence changes nothing.
            [ "$(cat "$run.calls" | wc -l)" -ge "$number" ] || continue
            [ "$got" = 70 ] || [ "$(cat out | xargs)" = "out out" ] || { echo "$death in call $number: status $got"; cat out error; exit 1; }
        done
        rm -f "ran-$run"
        comes free "$run"
        is "$("$shell" script "$run" | xargs)" "out out"
        [ ! -e "ran-$run" ] || is "$(lines "ran-$run")" 1
        rm -f "ran-$run"
    done
    sidestep delete "$run" 2>/dev/null
done
C

    check "sidestep.sh under $shell: whichever socat dies, what it was to ask is asked again" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
sidestep_step a sh -c 'echo x >>"$0"; echo out' "ran-$1" && sidestep_finish
S
falters socat 'kill -9 $$'
for number in 1 2 3 4 5 6; do
    is "$(nth "$number" "$shell" script "$run-$number")" out
    is "$(lines "ran-$run-$number")" 1
    is "$(state "$run-$number")" completed
done
C

    check "sidestep.sh under $shell: an output that could not be kept is not recorded as if it had been" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
sidestep_step a sh -c 'echo x >>"$0"; echo out' "ran-$1"; echo "status $?"
S
for failing in tee base64 cmp; do
    falters "$failing" 'cat >/dev/null; exit 1'
    sed -i "s/echo out'/printf \"a\\\\377\"'/" script
    got=$(nth 1 "$shell" script "$run-$failing" 2>error | tr -d '\000-\011\177-\377')
    case $failing in cmp) ;; *) has "$got" "status 70"; has "$(cat error)" "recorded" ;; esac
    rm "$run.bin/$failing"
    comes free "$run-$failing"
    has "$("$shell" script "$run-$failing" | tr -d '\000-\011\177-\377')" "status 0"
done
C

    check "sidestep.sh under $shell: a reader that goes away does not keep the step from being recorded" <<'C'
is "$("$shell" -c '. "$CLIENT"; sidestep_start "$1" && sidestep_step many seq 20000 | head -1' - "$run")" 1
is "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"many\"}" | jq -j '.output.stdout' | wc -l)" 20000
C

    check "sidestep.sh under $shell: what is interrupted is not asked again" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
sidestep_wait signal never; echo "status $?"
S
for signal in INT TERM; do
    falters socat "kill -$signal \$\$; exec sleep 300"
    is "$(nth 2 timeout 60 "$shell" script "$run-$signal" 2>/dev/null)" "status $((128 + $(kill -l "$signal")))"
done
C

    check "sidestep.sh under $shell: without socat, jq or a daemon nothing begins" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
echo went on
S
mkdir -p "$run.tools"
for tool in cat id getent cut stat sed head tr sleep grep mktemp rm "$shell"; do ln -sf "$(command -v "$tool")" "$run.tools/$tool"; done
for missing in socat jq; do
    ln -sf "$(command -v socat)" "$(command -v jq)" "$run.tools"
    rm "$run.tools/$missing"
    PATH=$PWD/$run.tools status 69 "$shell" script "$run" >out 2>error
    is "$(cat out)" ""
    has "$(cat error)" "sidestep.sh needs $missing"
done
for place in "$PWD/nobody.sock" "$PWD"; do
    SIDESTEP_PATIENCE=0 SIDESTEP_SOCKET=$place status 69 "$shell" script "$run" >out 2>error
    is "$(cat out)" ""
    has "$(cat error)" "no daemon answers"
done
C
done
helpers=$plain
