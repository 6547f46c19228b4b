check "ping says which socket answers" <<'C'
has "$(sidestep ping)" "$SIDESTEP_SOCKET answers"
is "$(sidestep ping --json)" "{}"
C

check "version tells both programs" <<'C'
has "$(sidestep version)" "daemon   0"
has "$(sidestep version --json)" '"daemon":{'
C

check "version without a daemon starts none" <<'C'
has "$(sidestep version --socket /tmp/nobody.sock)" "not running"
C

check "without a daemon the error names what was tried, status 69" <<'C'
status 69 sidestep ping --socket "$PWD/nobody.sock" 2>error
has "$(cat error)" "nobody.sock"
has "$(cat error)" "hint: start one with"
C

check "a missing daemon is started, one for two callers" <<'C'
mkdir -m 700 auto
unset SIDESTEP_SOCKET
export SIDESTEP_AUTOSTART=1 XDG_RUNTIME_DIR=$PWD/auto SIDESTEP_DATABASE=$PWD/auto/d.db
trap 'kill $(sidestep call system.info | jq .pid)' EXIT
sidestep ping >first & sidestep ping >second & wait
has "$(cat first)" answers
has "$(cat second)" answers
is "$(pgrep -fc "sidestepd --user --autostarted --socket $PWD/auto/sidestep/")" 1
C

check "an autostarted daemon does not hold the caller's output open" <<'C'
mkdir -m 700 auto2
unset SIDESTEP_SOCKET
export SIDESTEP_AUTOSTART=1 XDG_RUNTIME_DIR=$PWD/auto2 SIDESTEP_DATABASE=$PWD/auto2/d.db
out=$(timeout 10 sidestep ping)
has "$out" answers
kill "$(sidestep call system.info | jq .pid)"
C

check "a daemon that cannot start is quoted" <<'C'
printf '#!/bin/sh\necho cannot open the database >&2\nexit 78\n' >broken; chmod +x broken
mkdir -m 700 auto3
unset SIDESTEP_SOCKET
SIDESTEP_AUTOSTART=1 XDG_RUNTIME_DIR=$PWD/auto3 SIDESTEP_DATABASE=$PWD/auto3/d.db SIDESTEPD=$PWD/broken status 69 sidestep ping 2>error
has "$(cat error)" "cannot open the database"
C

check "where says which daemon the commands have, and starts none" <<'C'
is "$(sidestep where --json | jq -c '{socket, answers}')" "{\"socket\":\"$SIDESTEP_SOCKET\",\"answers\":true}"
status 69 sidestep where --socket "$PWD/nobody.sock" 2>error
has "$(cat error)" "nobody.sock"
mkdir -m 700 auto4
unset SIDESTEP_SOCKET
export SIDESTEP_AUTOSTART=1 XDG_RUNTIME_DIR=$PWD/auto4 SIDESTEP_DATABASE=$PWD/auto4/d.db
has "$(sidestep where)" "database  $PWD/auto4/d.db"
has "$(sidestep where)" "would be started"
[ ! -e auto4/sidestep ]
C

check "call passes parameters from the argument and from standard input" <<'C'
fresh
has "$(sidestep call resume "{\"run\": \"$run\", \"input\": 1.0}")" '"created":true'
has "$(echo "{\"run\": \"$run\"}" | sidestep call run.get -)" '"input":1.0'
C

check "call tells an unknown method and bad parameters" <<'C'
status 70 sidestep call no.such 2>error
has "$(cat error)" method_not_found
status 64 sidestep call run.get '{"run": 1}' 2>error
has "$(cat error)" invalid_argument
status 64 sidestep call run.get 'nonsense' 2>error
C

check "wrong usage has status 64" <<'C'
status 64 sidestep nonsense 2>/dev/null
status 64 sidestep step 2>/dev/null
status 64 sidestep resolve a b 2>/dev/null
status 64 sidestep ps --limit 0 2>/dev/null
C

check "every command has help" <<'C'
for command in start step checkpoint state finish fail ps show why history result inflight resolve pause unpause \
    delete ping where call version; do
    has "$(sidestep "$command" --help)" "USAGE: sidestep $command"
done
C

check "completion scripts are made for three shells" <<'C'
for shell in bash zsh fish; do has "$(sidestep --generate-completion-script $shell)" sidestep; done
C
