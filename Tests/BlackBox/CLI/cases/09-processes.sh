# What commands and programs leave running, and what our own parent left to us.
# shellcheck shell=bash disable=SC2016

export launch=$here/../Odd/launch
helpers=$helpers'
# dies PID: waits until there is no such process, or only its corpse.
dies() { comes corpse "$1"; }
corpse() { case $(cut -d")" -f2 "/proc/$1/stat" 2>/dev/null | cut -c2) in Z | "") ;; *) return 1 ;; esac; }
# there FILE: waits until it has a line, and prints it.
there() { comes test -s "$1"; cat "$1"; }
# For shells that we start: whether there is such a process, and it is more than a corpse.
lives="lives() { grep -qs \"^State:.[^Z]\" /proc/\$1/status; }"
# A process in a session of its own that does not heed SIGTERM; its number is in $run.pid.
stubborn="setsid sh -c \"trap : TERM; echo \\\$\\\$ >$run.pid; while :; do sleep 0.05; done\" &
    until [ -s $run.pid ]; do sleep 0.02; done"
'

check "a step ends with its command, whatever holds its output open" <<'C'
eval "$(sidestep start "$run")"
is "$(timeout 60 sidestep step silent -- sh -c 'echo out; sleep 300 & echo $! >pid' 2>error)" out
has "$(cat error)" "holds its output, and is not waited for"
kill "$(cat pid)"
is "$(timeout 60 sidestep step chatty -- sh -c '(while :; do echo x; sleep 0.1; done) & echo $! >pid' 2>/dev/null | head -1)" x
dies "$(cat pid)"
is "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"chatty\"}" | jq -r .status)" completed
C

check "output that is still on its way when the command ends is recorded" <<'C'
eval "$(sidestep start "$run")"
is "$(timeout 60 sidestep step late -- bash -c 'echo one; { sleep 0.2; echo two; } & exit 0' 2>error)" "one
two"
is "$(cat error)" ""
C

check "a time-out ends what the command started, in sessions of its own, too" <<'C'
eval "$(sidestep start "$run")"
status 124 timeout 60 sidestep step slow --timeout 300ms -- sh -c "$stubborn; exec sleep 300" 2>/dev/null
dies "$(cat "$run.pid")"
is "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"slow\"}" | jq -r .error.type)" timeout
C

check "what a failed attempt left running is ended before the next one" <<'C'
eval "$(sidestep start "$run")"
policy='{"max_attempts": 2, "initial_ms": 10}'
sidestep step retried --retry "$policy" -- sh -c "$lives
    if [ -e $run.pid ]; then lives \$(cat $run.pid) && echo beside; exit 0; fi
    $stubborn; exit 1" >out 2>/dev/null
is "$(cat out)" ""
C

check "a stopped step leaves nothing of its command running" <<'C'
eval "$(sidestep start "$run")"
sidestep step stop -- sh -c "$stubborn; exec sleep 300" & pid=$!
there "$run.pid" >/dev/null
kill -TERM "$pid"
status 143 wait "$pid" 2>/dev/null
dies "$(cat "$run.pid")"
C

check "a step that succeeded leaves running what it left running" <<'C'
eval "$(sidestep start "$run")"
sidestep step server -- sh -c 'sleep 300 >/dev/null 2>&1 & echo $! >pid'
kill "$(cat pid)"
C

check "a reader that goes away does not keep the step from being recorded" <<'C'
eval "$(sidestep start "$run")"
sidestep step many -- sh -c 'for i in $(seq 20000); do echo "line $i"; done; echo done >finished' | head -1 >/dev/null
is "$(cat finished)" done
is "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"many\"}" | jq -j '.output.stdout' | wc -l)" 20000
C

check "the next start ends what a killed supervisor's program left, before it starts its own" <<'C'
program="$lives; if [ -s $run.pid ]; then lives \$(cat $run.pid) && echo beside; exit 0; fi; $stubborn; exec sleep 300"
sidestep run --id "$run" -- sh -c "$program" >/dev/null & pid=$!
there "$run.pid" >/dev/null
kill -KILL "$pid"
wait "$pid" || :
is "$(sidestep run --id "$run" --kill-after 200ms -- sh -c "$program" 2>error)" ""
has "$(cat error)" "that an earlier start of the run left behind"
C

check "what a program left ends with it, in sessions of its own, too" <<'C'
status 0 sidestep run --id "$run" --kill-after 200ms -- sh -c "$stubborn"
dies "$(cat "$run.pid")"
C

check "no parent takes the exit status of a command from us, nor its signals" <<'C'
eval "$(sidestep start "$run")"
status 3 "$launch" --ignore SIGCHLD -- sidestep step bad -- sh -c 'exit 3'
is "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"bad\"}" | jq -r '.status, .error.exit' | xargs)" "failed 3"
masks=$("$launch" --block ALL --ignore SIGPIPE --ignore SIGCHLD --ignore SIGUSR1 -- \
    sidestep step masks -- sh -c 'grep -E "^Sig(Blk|Ign)" /proc/self/status')
# 32 and 33 are the C library's own: nobody can set them, and they may have come from above us.
is "$(echo "$masks" | awk '{print $2}' | sed 's/^0*\(18\|\)0*$/none/' | sort -u)" none
status 5 "$launch" --ignore SIGCHLD --block ALL -- sidestep run --id "$run-b" --restart no -- sh -c 'exit 5'
status 143 "$launch" --block SIGTERM -- sh -c "sidestep run --id $run-c -- sh -c 'echo \$\$ >pid-c; exec sleep 300' & 
    until [ -s pid-c ]; do sleep 0.02; done; kill -TERM \$!; wait \$!"
C

check "nohup and jobs in the background stay what they are" <<'C'
eval "$(sidestep start "$run")"
ignored=$("$launch" --ignore SIGHUP --ignore SIGINT -- sidestep step kept -- sh -c 'grep ^SigIgn /proc/self/status')
is "$(( 0x${ignored##*[[:space:]]} & 3 ))" 3
C

check "closed standard streams are nobody's socket" <<'C'
eval "$(sidestep start "$run")"
"$launch" --close 0 --close 1 --close 2 -- sidestep step closed -- sh -c 'echo out; cat; echo problem >&2'
is "$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"closed\"}" | jq -r .output.stdout)" out
"$launch" --close 1 -- sidestep state set --text note here
is "$(sidestep state get note --text)" here
C

check "variables reach a command with their bytes" <<'C'
eval "$(sidestep start "$run")"
is "$(LATIN=$'caf\xe9' sidestep step bytes -- sh -c 'printf %s "$LATIN" | od -An -tx1 | tr -d " \n"')" 636166e9
C

check "without pidfds a program's end is noticed, and torture works" <<'C'
denied=("$launch" --deny pidfd_open=ENOSYS --)
status 5 timeout 60 "${denied[@]}" sidestep run --id "$run" --restart no -- sh -c 'exit 5'
has "$(timeout 120 "${denied[@]}" sidestep torture --file "$run.txt" --kills 2 -- \
    sh -c "sidestep step a -- sh -c 'echo a >$run.txt'; sleep 0.05")" "the effects are the same each time"
C

check "as process 1 a supervisor keeps no corpses" <<'C'
[ "$(id -u)" = 0 ] || exit 0
unshare --pid --fork --mount-proc --kill-child sidestep run --id "$run" -- \
    sh -c 'for i in 1 2 3 4 5; do (setsid sleep 0.05 &); done; for n in $(seq 500); do
        [ "$(grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | wc -l)$(pgrep -c sleep)" != 00 ] || exit 0; sleep 0.02; done
        echo corpses; exit 1'
C

check "a detached program makes files as it would here" <<'C'
export XDG_STATE_HOME=$PWD/state
umask 027
sidestep run --id "$run" --detach -- touch "$PWD/$run.made" >/dev/null
sidestep result "$run" --wait 60s >/dev/null
is "$(stat -c %a "$run.made")" 640
C
