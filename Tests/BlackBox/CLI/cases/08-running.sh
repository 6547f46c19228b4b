# Supervised programs: sidestep run, logs, torture.
# shellcheck shell=bash disable=SC2016

check "run runs a program and exits like it" <<'C'
is "$(sidestep run --id "$run" -- sh -c 'echo out; echo $SIDESTEP_RUN')" "out
$run"
status 5 sidestep run --id "$run-b" --restart no -- sh -c 'exit 5'
is "$(sidestep call run.get "{\"run\":\"$run-b\"}" | jq -r '.run.status, .error.exit')" "failed
5"
status 127 sidestep run --id "$run-c" -- no-such-program
status 126 sidestep run --id "$run-d" -- /etc/passwd
status 64 sidestep run --id "$run-e"
C

check "a run that completed is not run again, with rerun it is" <<'C'
sidestep run --id "$run" -- sh -c "echo x >> $run.log"
status 0 sidestep run --id "$run" -- sh -c "echo x >> $run.log"
is "$(cat "$run.log")" x
status 0 sidestep run --id "$run" --if-closed rerun -- sh -c "echo x >> $run.log"
is "$(wc -l < "$run.log")" 2
C

check "another command under the same id is a conflict unless it is allowed" <<'C'
status 1 sidestep run --id "$run" --restart no -- sh -c 'exit 1'
status 125 sidestep run --id "$run" -- true
status 0 sidestep run --id "$run" --allow-change -- true
C

check "a program that fails is started again and its steps are not repeated" <<'C'
cat > "$run.sh" <<'S'
sidestep step one -- sh -c "echo one >> $1.log; echo 1" > /dev/null
echo start >> "$1.log"
[ "$(grep -c start "$1.log")" -ge 3 ] || exit 9
sidestep step two -- sh -c "echo two >> $1.log" > /dev/null
S
status 0 sidestep run --id "$run" -- sh "$run.sh" "$run"
is "$(cat "$run.log")" "one
start
start
start
two"
C

check "a failed step is run again after the restart" <<'C'
status 0 sidestep run --id "$run" -- sh -euc "sidestep step s -- sh -c 'echo x >> $run.log; [ \$(wc -l < $run.log) -ge 2 ]'"
is "$(wc -l < "$run.log")" 2
C

check "restarts without progress pause the run with 76 and name the next action" <<'C'
program="echo x >> $run.log; [ -e $run.repaired ] || exit 3"
said=$(status 76 sidestep run --id "$run" --max-restarts 1 -- sh -c "$program" 2>&1)
is "$(wc -l < "$run.log")" 2
has "$said" "given up after 1 restarts without a step completed: the run is paused (crash_loop) [run_paused]"
has "$said" "sidestep unpause $run"
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r '.run.status, .run.reason, .error.exit')" "paused
crash_loop
3"
has "$(sidestep why "$run")" "sidestep unpause $run"
touch "$run.repaired"
status 76 sidestep run --id "$run" -- sh -c "$program"
sidestep unpause "$run" > /dev/null
status 0 sidestep run --id "$run" -- sh -c "$program"
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.status)" completed
C

check "progress resets the count of restarts" <<'C'
n="sh -c 'n=\$(ls $run.d | wc -l); mkdir -p $run.d; sidestep step s\$n -- touch $run.d/\$n; [ \$n -ge 2 ]'"
mkdir "$run.d"
status 0 sidestep run --id "$run" --max-restarts 1 -- sh -c "$n"
is "$(ls "$run.d" | wc -l)" 3
C

check "each start after a failure has a lease of its own, and what is left of the old start is fenced" <<'C'
cat > "$run.sh" <<'S'
echo "$SIDESTEP_LEASE" >> "$1.leases"
if [ "$(wc -l < "$1.leases")" = 1 ]; then
    # In a session of its own and without the mark: it outlives the program.
    env -u SIDESTEP_EXECUTION setsid sh "$1.old" "$1" &
    for _ in $(seq 3000); do [ -e "$1.up" ] && exit 1; sleep 0.02; done
fi
touch "$1.go"
for _ in $(seq 3000); do [ -e "$1.status" ] && exit 0; sleep 0.02; done
exit 2
S
cat > "$run.old" <<'S'
touch "$1.up"
for _ in $(seq 3000); do [ -e "$1.go" ] && break; sleep 0.02; done
sidestep step late -- touch "$1.late"
echo $? > "$1.status"
S
status 0 sidestep run --id "$run" -- sh "$run.sh" "$run"
is "$(sort -u "$run.leases" | wc -l)" 2
[ "$(cat "$run.status")" != 0 ]
[ ! -e "$run.late" ]
C

check "a death of the supervisor counts as a restart without progress does" <<'C'
for _ in 1 2; do
    sidestep run --id "$run" --max-restarts 1 -- sh -c "echo up >> $run.log; exec sleep 300" &
    supervisor=$!
    wanted=$(($(cat "$run.log" 2>/dev/null | wc -l) + 1))
    comes eval '[ "$(lines "$run.log")" -ge "$wanted" ]'
    kill -KILL $supervisor
    wait $supervisor || :
    comes free "$run"
done
status 76 sidestep run --id "$run" --max-restarts 1 -- sh -c "echo up >> $run.log; exec sleep 300"
C

check "always: a program that ends well begins again in the same run until it is cancelled" <<'C'
sidestep run --id "$run" --restart always -- sh -c "n=\$(cat $run.log 2>/dev/null | wc -l); echo x >> $run.log; sidestep step s\$n -- true" 2> "$run.err" &
supervisor=$!
comes eval '[ "$(lines "$run.log")" -ge 3 ]'
sidestep cancel "$run" > /dev/null
wait $supervisor || :
[ "$(wc -l < "$run.log")" -ge 3 ]
has "$(cat "$run.err")" "the program exited with 0; again in"
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r '.run.status, .run.generation, .run.interruptions')" "cancelled
1
0"
C

check "always: a signal to us leaves the run to be continued, a failure counts" <<'C'
sidestep run --id "$run" --restart always -- sh -c "trap 'exit 0' TERM; echo up >> $run.log; while :; do sleep 0.02; done" &
supervisor=$!
comes test -e "$run.log"
kill -TERM $supervisor
status 0 wait $supervisor
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.status)" queued
status 76 sidestep run --id "$run-b" --restart always --max-restarts 0 -- false
status 2 sidestep run --id "$run-c" --restart always -- sh -c 'exit 2'
C

check "a foreign take-over ends the program, which lost its run" <<'C'
sidestep run --id "$run" -- sh -c "echo up > $run.log; exec sleep 300" &
supervisor=$!
comes test -e "$run.log"
sidestep start "$run" --if-owned take-over > /dev/null
status 143 wait $supervisor
C

check "some exit statuses are final" <<'C'
status 78 sidestep run --id "$run" -- sh -c "echo x >> $run.log; exit 78"
is "$(wc -l < "$run.log")" 1
C

check "a signal goes to the program and the run can be continued" <<'C'
sidestep run --id "$run" -- sh -c "trap 'echo told >> $run.log; exit 3' TERM; echo up >> $run.log; while :; do sleep 0.05; done" &
supervisor=$!
comes test -e "$run.log"
kill -TERM $supervisor
status 3 wait $supervisor
is "$(cat "$run.log")" "up
told"
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.status)" queued
status 0 sidestep run --id "$run" --allow-change -- true
C

check "a program that does not heed the signal is killed after --kill-after" <<'C'
sidestep run --id "$run" --kill-after 200ms -- sh -c "trap '' TERM; sleep 98 & echo \$! > $run.pid; echo up > $run.log; while :; do sleep 0.05; done" &
supervisor=$!
comes test -e "$run.log"
kill -TERM $supervisor
status 137 wait $supervisor
comes gone "$(cat "$run.pid")"
C

check "a run that another process owns is left alone" <<'C'
sidestep run --id "$run" -- sh -c "echo up > $run.log; sleep 300" &
supervisor=$!
comes test -e "$run.log"
status 75 sidestep run --id "$run" --allow-change -- true
kill -KILL $supervisor
wait $supervisor || :
comes sidestep run --id "$run" --allow-change -- true
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.status)" completed
C

check "the program ends when its supervisor is killed" <<'C'
sidestep run --id "$run" -- sh -c "echo \$\$ > $run.pid; exec sleep 300" &
supervisor=$!
comes test -s "$run.pid"
kill -KILL $supervisor
wait $supervisor || :
comes gone "$(cat "$run.pid")"
C

check "a program is told how its last start ended, also one of another supervisor" <<'C'
cat > "$run.sh" <<'S'
echo "${SIDESTEP_LAST_END-none}" >> "$1.ends"
case $(wc -l < "$1.ends") in
    1) exit 3 ;;
    2) kill -KILL $$ ;;
    5) exit 0 ;;
esac
echo $$ > "$1.pid"
exec sleep 300
S
for signal in KILL TERM; do
    rm -f "$run.pid"
    sidestep run --id "$run" -- sh "$run.sh" "$run" &
    supervisor=$!
    comes test -s "$run.pid"
    kill -$signal $supervisor
    wait $supervisor || :
    comes gone "$(cat "$run.pid")"
    comes free "$run"
done
status 0 sidestep run --id "$run" -- sh "$run.sh" "$run"
is "$(cat "$run.ends")" "none
exit:3
signal:9
died
released"
C

check "that somebody hands a program over to the daemon is no end of a start" <<'C'
export XDG_STATE_HOME=$PWD/state
sidestep run --id "$run" --detach -- sh -c "echo \${SIDESTEP_LAST_END-none} > $run.end" > /dev/null
comes test -s "$run.end"
is "$(cat "$run.end")" none
sidestep run --id "$run-2" --restart no -- sh -c 'exit 3' 2> /dev/null || :
sidestep run --id "$run-2" --allow-change --detach -- sh -c "echo \${SIDESTEP_LAST_END-none} > $run-2.end" > /dev/null
comes test -s "$run-2.end"
is "$(cat "$run-2.end")" exit:3
C

check "cancel ends the program of a supervised run" <<'C'
sidestep run --id "$run" -- sh -c "echo up > $run.log; exec sleep 300" &
supervisor=$!
comes test -e "$run.log"
sidestep cancel "$run" > /dev/null
status 143 wait $supervisor
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.status)" cancelled
C

check "what a program prints is kept for logs" <<'C'
export XDG_STATE_HOME=$PWD/state
sidestep run --id "$run/x" -- sh -c 'echo out; echo err >&2' > /dev/null 2>&1
is "$(sidestep logs "$run/x" | sort)" "err
out"
status 70 sidestep logs "$run-none"
C

check "a detached program is kept by the daemon, and works on when that dies" <<'C'
export XDG_STATE_HOME=$PWD/state
is "$(sidestep run --id "$run" --detach -- sh -c "echo up >> $run.log; while [ ! -e $run.go ]; do sleep 0.02; done; echo done; sidestep step s -- touch $run.done")" "$run"
comes test -e "$run.log"
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.status)" running
kill -9 "$DAEMON_PID"
sidestepd --socket "$SIDESTEP_SOCKET" --database "$PWD/d.db" >> daemon.log 2>&1 &
echo $! > daemon.pid
comes sidestep ping
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.status)" running
touch "$run.go"
is "$(sidestep logs "$run" --follow)" done
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.status)" completed
[ -e "$run.done" ]
is "$(wc -l < "$run.log")" 1
C
[ -e "$place/daemon.pid" ] && daemon=$(cat "$place/daemon.pid")

check "a detached program that was given up goes on when its run is unpaused" <<'C'
export XDG_STATE_HOME=$PWD/state
sidestep run --id "$run" --detach --max-restarts 0 -- sh -c "echo x >> $run.log; [ -e $run.repaired ]" > /dev/null
comes shows crash_loop sidestep call run.get "{\"run\":\"$run\"}"
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r .run.reason)" crash_loop
touch "$run.repaired"
sidestep unpause "$run" > /dev/null
is "$(sidestep call run.result "{\"run\":\"$run\",\"wait_ms\":60000}" | jq -r .status)" completed
is "$(wc -l < "$run.log")" 2
C

check "torture: a program made of steps leaves the same effects after every kill" <<'C'
cat > "$run.sh" <<'S'
for n in 1 2 3 4; do
    sidestep step "s$n" -- sh -c "grep -qx $n $1 2>/dev/null || echo $n >> $1"
done
S
out=$(sidestep torture --file "$run.out" --kills 5 --seed 7 -- sh "$run.sh" "$run.out")
has "$out" "undisturbed: 4 steps"
has "$out" "killed after step 1, s1: same"
has "$out" "the effects are the same each time (seed 7)"
[ ! -e "$run.out" ]
is "$(sidestep call run.list '{"workflow":"torture"}' | jq -c .runs)" "[]"
C

check "torture: a program that repeats an effect is found out, with the place" <<'C'
cat > "$run.sh" <<'S'
echo begin >> "$1"
sidestep step one -- true
sidestep step two -- sleep 0.1
S
out=$(status 1 sidestep torture --file "$run.out" --kills 0 -- sh "$run.sh" "$run.out")
has "$out" "killed after step 1, one: $run.out has 2 lines instead of 1; line 2 \"begin\" is too many"
is "$(sidestep torture --json --file "$run.out" --kills 0 -- sh "$run.sh" "$run.out" | jq '.points[0].killed')" true
C

check "torture: an at-most-once step that was killed is told of" <<'C'
cat > "$run.sh" <<'S'
sidestep step one -- true
sidestep step --at-most-once pay -- sh -c "sleep 0.3; echo paid >> $1"
S
out=$(status 1 sidestep torture --check "cat $run.out 2>/dev/null || :" --reset "rm -f $run.out" --kills 8 --seed 3 -- sh -e "$run.sh" "$run.out")
has "$out" "the program ends with status"
C

check "torture refuses what it cannot test" <<'C'
status 125 sidestep torture --check true --kills 0 -- false
status 64 sidestep torture -- true
touch "$run.out"
status 64 sidestep torture --file "$run.out" -- true
[ -e "$run.out" ]
C

check "run and step refuse numbers that are none, rather than go on with others" <<'C'
for odd in 2,x 2,,3 256 -1 ,; do
    status 64 sidestep run --id "$run" --no-restart-exit="$odd" -- touch "$run.ran" 2>error
    has "$(cat error)" no-restart-exit
    status 64 sidestep run --id "$run" --success-exit="$odd" -- touch "$run.ran" 2>error
    has "$(cat error)" success-exit
done
eval "$(sidestep start "$run-s")"
status 64 sidestep step --output-limit=-1 a -- touch "$run.ran" 2>error
[ ! -e "$run.ran" ]
status 3 timeout 60 sidestep run --id "$run-t" --no-restart-exit=3,4 -- sh -c 'exit 3'
C
