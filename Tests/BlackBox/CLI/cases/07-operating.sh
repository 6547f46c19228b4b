# shellcheck shell=bash disable=SC2016
# Forks, history, export and import, pruning, backup.

check "fork at a step repeats it and all after it, and diff shows where they part" <<'C'
eval "$(sidestep start "$run")"
sidestep step a -- echo one >/dev/null
sidestep step b -- echo two >/dev/null
sidestep finish 2>/dev/null
is "$(sidestep fork "$run" --step b --id "$run-f")" "$run-f"
unset SIDESTEP_RUN SIDESTEP_LEASE
eval "$(sidestep start "$run-f")"
is "$(sidestep step a -- echo never)" one
is "$(sidestep step b -- echo other)" other
sidestep finish 2>/dev/null
sidestep diff "$run" "$run-f" >found && exit 1
has "$(cat found)" "1 (1 of them one record)"
has "$(cat found)" "changed"
status 0 sidestep diff "$run" "$run" >/dev/null
status 70 sidestep fork "$run-nothing" 2>error
has "$(cat error)" run_not_found
C

check "history follows a run to its end" <<'C'
eval "$(sidestep start "$run")"
sidestep history "$run" --follow >followed & pid=$!
sidestep step a -- true
sidestep finish 2>/dev/null
wait $pid
has "$(cat followed)" step.completed
has "$(cat followed)" run.completed
is "$(sidestep history "$run" --json | wc -l)" "$(wc -l <followed)"
C

check "history ends at once for a run that is closed, and goes on with one that is opened again" <<'C'
eval "$(sidestep start "$run")"
sidestep fail --error no
is "$(timeout 10 sidestep history "$run" --follow --json | jq -r .kind | tail -1)" run.failed
last=$(sidestep history "$run" --json | jq .sequence | tail -1)
is "$(timeout 10 sidestep history "$run" --follow --after "$last")" ""
eval "$(sidestep start "$run" --if-closed retry)"
timeout 20 sidestep history "$run" --follow --json >followed & pid=$!
sidestep finish 2>/dev/null
wait $pid
is "$(jq -r .kind followed | tail -1)" run.completed
is "$(jq -c 'keys' followed | sort -u)" "$(sidestep history "$run" --json | jq -c 'keys' | sort -u)"
C

check "history --follow goes on over a restart of the daemon, with no entry twice or missing" <<'C'
export SIDESTEP_SOCKET=$PWD/h.sock
begin() {
    sidestepd --socket "$SIDESTEP_SOCKET" --database "$PWD/h.db" 2>>h.log & other=$!
    until sidestep ping >/dev/null 2>&1; do kill -0 $other; sleep 0.02; done
}
trap 'kill -9 $other' EXIT
begin
eval "$(sidestep start "$run")"
sidestep step a -- true
timeout 60 sidestep history "$run" --follow --json >over-restart & pid=$!
comes test -s over-restart
kill -9 $other
begin
eval "$(sidestep start "$run" --if-owned take-over)"
sidestep step b -- true
sidestep finish 2>/dev/null
wait $pid
is "$(jq .sequence over-restart)" "$(sidestep history "$run" --json | jq .sequence)"
has "$(jq -r .step over-restart)" b
C

check "an exported run is imported under another id, once" <<'C'
eval "$(sidestep start "$run" --input '[1.50]')"
sidestep step a -- echo one >/dev/null
sidestep finish --output '{"x": 2.0}' 2>/dev/null
sidestep export "$run" >run.jsonl
has "$(head -1 run.jsonl)" '"format":2'
is "$(sidestep import --id "$run-i" <run.jsonl)" "$run-i"
is "$(sidestep import --id "$run-i" <run.jsonl)" "$run-i is here already"
is "$(sidestep result "$run-i")" '{"x": 2.0}'
head -2 run.jsonl >half.jsonl
status 64 sidestep import --id "$run-h" <half.jsonl 2>error
has "$(cat error)" "ends in the middle"
echo nonsense >nonsense
status 64 sidestep import <nonsense 2>/dev/null
C

check "a run moves to an empty daemon and back out of it byte for byte, and a damaged line is named" <<'C'
eval "$(sidestep start "$run")"
sidestep step a -- echo one >/dev/null
sidestep call stream.append "{\"run\":\"$run\",\"lease\":\"$SIDESTEP_LEASE\",\"stream\":\"s\",\"items\":[1, 2.0]}" >/dev/null
sidestep call artifact.put "{\"run\":\"$run\",\"lease\":\"$SIDESTEP_LEASE\",\"artifact\":\"r\",\"type\":\"json\",\"content\":{\"x\": 1e3}}" >/dev/null
sidestep call event.emit "{\"run\":\"$run\",\"event\":\"told\",\"event_id\":\"$run-e\"}" >/dev/null
sidestep finish 2>/dev/null
sidestep export "$run" >out.jsonl
sidestepd --socket "$PWD/other.sock" --database "$PWD/other.db" 2>other.log & other=$!
trap 'kill -9 $other' EXIT
until sidestep ping --socket "$PWD/other.sock" >/dev/null 2>&1; do kill -0 $other; sleep 0.02; done
# Longer than one call of import takes, so the number counts over calls.
{ head -2 out.jsonl; for _ in $(seq 600); do echo '{"kind":"entry","at":1,"what":"run.updated"}'; done; echo '{"kind":"state","name":7}'; } >damaged.jsonl
status 64 sidestep import --socket "$PWD/other.sock" <damaged.jsonl 2>error
has "$(cat error)" "line 603 (state)"
is "$(sidestep import --socket "$PWD/other.sock" <out.jsonl)" "$run"
sidestep export --socket "$PWD/other.sock" "$run" >again.jsonl
is "$(tail -n +2 again.jsonl)" "$(tail -n +2 out.jsonl)"
has "$(cat again.jsonl)" '"content":{"x": 1e3}'
C

check "a conversation and a thread of graphs move to an empty daemon and back out of it byte for byte" <<'C'
say() { sidestep call "$1" "$2" >/dev/null; }
say conversation.append "{\"conversation\":\"$run\",\"metadata\":{\"n\": 1.0},\"entries\":[{\"role\": \"user\"},2.50],\"ids\":[\"a\",\"b\"]}"
say conversation.append "{\"conversation\":\"$run\",\"entries\":[\"plain\"]}"
say graph.put "{\"thread\":\"$run\",\"checkpoint\":\"c1\",\"type\":\"json\",\"data\":\"e30=\",\"metadata\":{\"step\": 1},\"values\":[{\"channel\":\"x\",\"type\":\"json\",\"data\":\"MQ==\"}],\"channels\":[\"x\"],\"deltas\":[\"m\"]}"
say graph.put_writes "{\"thread\":\"$run\",\"checkpoint\":\"c1\",\"task\":\"t1\",\"path\":\"p\",\"writes\":[{\"index\":0,\"channel\":\"m\",\"type\":\"json\",\"data\":\"Mg==\"},{\"index\":-1,\"channel\":\"e\",\"type\":\"json\",\"data\":\"Mw==\"}]}"
say graph.put "{\"thread\":\"$run\",\"namespace\":\"inner\",\"checkpoint\":\"c2\",\"parent\":\"c1\",\"type\":\"json\",\"data\":\"e30=\",\"metadata\":{}}"
sidestepd --socket "$PWD/outside.sock" --database "$PWD/outside.db" 2>outside.log & other=$!
trap 'kill -9 $other' EXIT
until sidestep ping --socket "$PWD/outside.sock" >/dev/null 2>&1; do kill -0 $other; sleep 0.02; done
for what in conversation thread; do
    sidestep export "--$what" "$run" >out.jsonl
    head -n -1 out.jsonl >cut.jsonl
    status 64 sidestep import --socket "$PWD/outside.sock" <cut.jsonl 2>/dev/null
    is "$(sidestep import --socket "$PWD/outside.sock" <out.jsonl)" "$run"
    is "$(sidestep export --socket "$PWD/outside.sock" "--$what" "$run")" "$(cat out.jsonl)"
    status 64 sidestep import --socket "$PWD/outside.sock" <out.jsonl 2>error
    has "$(cat error)" "already"
    is "$(sidestep import --id "$run-2" <out.jsonl)" "$run-2"
done
has "$(sidestep call conversation.entry "{\"conversation\":\"$run-2\",\"entry\":\"b\"}" --socket "$SIDESTEP_SOCKET")" 2.50
has "$(sidestep export --thread "$run-2")" '"deltas":["m"]'
status 64 sidestep export --thread nobody 2>/dev/null
C

check "prune rehearses, removes, and has rules" <<'C'
eval "$(sidestep start "$run" --workflow "w$run")"
sidestep finish 2>/dev/null
sleep 0.01
has "$(sidestep prune --older-than 0s --workflow "w$run" --dry-run)" "would remove 1 run of workflow w$run, closed more than"
is "$(sidestep prune --older-than 0s --workflow "w$run" 2>&1)" "removed 1 run of workflow w$run, closed more than 0ms ago"
is "$(sidestep prune --workflow "w$run" --status failed 2>&1)" "removed 0 failed runs of workflow w$run, as the rules of retention say"
status 70 sidestep show "$run" 2>/dev/null
sidestep prune --keep 7d --workflow "w$run" >/dev/null
has "$(sidestep prune --rules)" "w$run"
sidestep prune --keep default --workflow "w$run" >/dev/null
status 64 sidestep prune --keep sometimes 2>/dev/null
C

check "a long backup tells on a terminal how far it is, and nothing anywhere else" <<'C'
eval "$(sidestep start "$run")"
sidestep finish 2>/dev/null
{ sidestep export "$run" | head -2; for _ in $(seq 20000); do echo '{"kind":"entry","at":1,"what":"run.updated"}'; done; echo '{"kind":"end"}'; } >long.jsonl
sidestep import --id "$run-long" <long.jsonl >/dev/null 2>&1
script -qec "sidestep backup $run.backup && sidestep check && sidestep vacuum" typescript >/dev/null
grep -q 'backup: [0-9]* %, .* of ' typescript
grep -q 'check: ' typescript
grep -q 'vacuum: ' typescript
is "$(sidestep backup "$run.quiet" 2>&1 >/dev/null)" ""
is "$(script -qec "sidestep backup $run.json --json" typescript | grep -c % || :)" 0
C

check "a backup is written, kept from being overwritten, and restored" <<'C'
eval "$(sidestep start "$run")"
sidestep step a -- echo kept >/dev/null
sidestep finish 2>/dev/null
has "$(sidestep backup "$run.backup")" "$run.backup"
status 64 sidestep backup "$run.backup" 2>error
has "$(cat error)" overwrite
sidestep backup "$run.backup" --overwrite >/dev/null
is "$(sidestep check)" "nothing is wrong"
has "$(sidestep stats)" database
has "$(sidestep vacuum)" now
is "$(sidestepd check --database "$PWD/$run.backup")" "$PWD/$run.backup: ok"
sidestepd restore --from "$PWD/$run.backup" --database "$PWD/$run.db" >/dev/null
status 74 sidestepd restore --from "$PWD/$run.backup" --database "$PWD/$run.db" 2>/dev/null
has "$(sidestepd restore --from "$PWD/$run.backup" --database "$PWD/$run.db" --replace)" "set aside"
echo garbage >"$run.broken"
status 78 sidestepd restore --from "$PWD/$run.broken" --database "$PWD/$run.db" --replace 2>/dev/null
C

check "a pruning of many runs into a pipe is one line" <<'C'
for n in $(seq 450); do
    echo "{\"jsonrpc\":\"2.0\",\"id\":$n,\"method\":\"run.enqueue\",\"params\":{\"run\":\"$run-$n\",\"workflow\":\"w$run\"}}"
    echo "{\"jsonrpc\":\"2.0\",\"id\":$n,\"method\":\"run.cancel\",\"params\":{\"run\":\"$run-$n\"}}"
done | socat -t 60 - "UNIX-CONNECT:$SIDESTEP_SOCKET" >/dev/null
is "$(sidestep prune --older-than 0s --workflow "w$run" 2>&1)" "removed 450 runs of workflow w$run, closed more than 0ms ago"
C

check "history says who did it, and history --daemon who deleted and changed what" <<'C'
sidestep enqueue w --run "$run" >/dev/null
sidestep pause "$run" 2>/dev/null
sidestep unpause "$run" 2>/dev/null
has "$(sidestep history "$run")" "$(id -un) (pid "
has "$(sidestep history "$run" --json | jq -c 'select(.kind == "run.paused") | .detail.by.uid')" "$(id -u)"
sidestep schedule put "$run" --workflow w --every 1h >/dev/null 2>&1
sidestep delete "$run" 2>/dev/null
shown=$(sidestep history --daemon | grep "$run")
has "$shown" "schedule.put"
has "$shown" "run.delete"
has "$shown" "$(id -un) (pid "
is "$(sidestep history --daemon --json | jq -r "select(.subject == \"$run\") | .method" | sort | paste -sd' ')" "run.delete schedule.put"
status 64 sidestep history --daemon --follow 2>/dev/null
status 64 sidestep history --daemon "$run" 2>/dev/null
C

check "lists say whose each is where others have some" <<'C'
[ "$(id -u)" = 0 ] || exit 0
chmod 755 "$(dirname "$SIDESTEP_SOCKET")"; chmod 666 "$SIDESTEP_SOCKET"
as_other() { setpriv --reuid 4711 --regid 4711 --clear-groups env HOME=/ "$@"; }
as_other sidestep queue put "$run" --concurrency 2 2>/dev/null
as_other sidestep enqueue w --run "$run" --queue "$run" >/dev/null
has "$(sidestep queue list | head -1)" "USER"
has "$(sidestep queue list | grep "$run")" "4711"
case $(as_other sidestep queue list | head -1) in *USER*) exit 1 ;; esac
C

check "what root imports belongs to whom it belonged, and what others import is theirs" <<'C'
[ "$(id -u)" = 0 ] || exit 0
chmod 755 "$(dirname "$SIDESTEP_SOCKET")"; chmod 666 "$SIDESTEP_SOCKET"
as_other() { setpriv --reuid "$1" --regid "$1" --clear-groups env HOME=/ "${@:2}"; }
as_other 4711 sidestep enqueue w --run "$run" >/dev/null
sidestep export "$run" >export
sidestep delete "$run" 2>/dev/null
is "$(sidestep import <export)" "$run"
is "$(as_other 4711 sidestep call run.get "{\"run\": \"$run\"}" | jq .run.user)" 4711
is "$(sidestep import --id "$run-b" --user 4712 <export)" "$run-b"
is "$(as_other 4712 sidestep call run.get "{\"run\": \"$run-b\"}" | jq .run.user)" 4712
is "$(as_other 4713 sidestep import --id "$run-c" <export)" "$run-c"
is "$(as_other 4713 sidestep call run.get "{\"run\": \"$run-c\"}" | jq .run.user)" 4713
status 70 as_other 4713 sidestep import --id "$run-d" --user 0 <export 2>error
has "$(cat error)" not_permitted
C

check "show says who did something to the run last" <<'C'
sidestep enqueue w --run "$run" >/dev/null
case $(sidestep show "$run") in *"last act"*) exit 1 ;; esac
sidestep pause "$run" 2>/dev/null
has "$(sidestep show "$run")" "run.paused by $(id -un) (pid "
C

check "the command that why names runs as it stands, whatever the name" <<'C'
odd="$run it's; touch pwned"
sidestep enqueue w --run "$odd" --queue="-q $run" >/dev/null
sidestep pause "$odd" 2>/dev/null
sh -c "$(sidestep why "$odd" --json | jq -r .command)" 2>/dev/null
is "$(sidestep why "$odd" --json | jq -r '.reasons[0]')" no_worker
sidestep queue pause -- "-q $run" 2>/dev/null
is "$(sidestep why "$odd" --json | jq -r .command)" "sidestep queue unpause -- '-q $run'"
sh -c "$(sidestep why "$odd" --json | jq -r .command)" 2>/dev/null
is "$(sidestep why "$odd" --json | jq -r '.reasons[0]')" no_worker
[ ! -e pwned ]
C

check "a failed run is queued again, and rates have bursts and odd spans" <<'C'
sidestep enqueue w --run "$run" --input 7 >/dev/null
sidestep cancel "$run" 2>/dev/null
is "$(sidestep enqueue w --run "$run" 2>/dev/null)" "$run"
is "$(sidestep why "$run" --json | jq -r '.reasons[0]')" cancelled
sh -c "$(sidestep why "$run" --json | jq -r .command)" >/dev/null 2>&1
is "$(sidestep call run.get "{\"run\":\"$run\"}" | jq -r '.run.status, .input')" "$(printf 'queued\n7')"
sidestep limit put "$run" --rate 5/250ms --burst 9 2>/dev/null
is "$(sidestep limit list --json | jq -c ".limits[] | select(.limit == \"$run\").rate")" '{"count":5,"per_ms":250,"burst":9}'
status 64 sidestep limit put "$run" --burst 9 2>/dev/null
C

check "a run that is moved is closed here once it is written, and goes on elsewhere when it is told to" <<'C'
sidestep enqueue "w-$run" --run "$run" --input '{"to": "Oslo"}' >/dev/null
sidestep export --move "$run" >moved.jsonl 2>told
has "$(cat told)" "closed here, as moved"
is "$(state "$run")" cancelled
is "$(sidestep call run.get "{\"run\": \"$run\"}" | jq -r .run.cancel.reason)" moved
sidestep import --id "$run-there" <moved.jsonl >/dev/null
is "$(state "$run-there")" paused
sidestep unpause "$run-there" 2>/dev/null
is "$(state "$run-there")" queued
is "$(sidestep call run.get "{\"run\": \"$run-there\"}" | jq -c .input)" '{"to":"Oslo"}'
C

check "a run that somebody executes is not moved, and one that cannot be written stays as it was" <<'C'
eval "$(sidestep start "$run")"
status 75 sidestep export --move "$run" >moved.jsonl 2>error
has "$(cat error)" "executed by process $$"
is "$(wc -c <moved.jsonl)" 0
sidestep enqueue w --run "$run-b" >/dev/null
status 74 sidestep export --move "$run-b" >/dev/full 2>error
has "$(cat error)" "cannot write standard output"
is "$(state "$run-b")" queued
C

check "what cannot be printed is an error, and half a result no success" <<'C'
status 74 sidestep ps --all --json >/dev/full 2>error
has "$(cat error)" "No space left"
status 74 sidestep metrics >/dev/full 2>/dev/null
sidestep ps --all --json | head -c 1 >/dev/null
C
