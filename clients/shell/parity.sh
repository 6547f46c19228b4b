#!/bin/bash
# suite parity-shell: $this
# suite parity-zsh: env PARITY_SHELL=zsh $this
# Plays the scenarios of clients/parity that are for programs and that a shell can do, with sidestep.sh under dash.
#
#     clients/shell/parity.sh [--only TEXT] [FILE…]
#
# The daemon is $SIDESTEPD, or sidestepd on PATH. Ends with `parity-shell: N passed, N failed, N skipped`.
# shellcheck disable=SC2016  # what stands in single quotes is for jq
set -u
trap '' PIPE
here=$(cd "$(dirname "$0")" && pwd)
shell=${PARITY_SHELL:-dash}
daemon_program=${SIDESTEPD:-sidestepd}
only=
if [ "${1-}" = --only ]; then
    only=$2
    shift 2
fi
[ $# -gt 0 ] || set -- "$here"/../parity/*.json

place=$(mktemp -d /tmp/sidestep-parity-XXXXXX)
export SIDESTEP_SOCKET=$place/s.sock SIDESTEP_AUTOSTART=0
export CLIENT=$here/sidestep.sh TMPDIR=$place
unset SIDESTEP_RUN SIDESTEP_LEASE SIDESTEP_STEP
# What a shell has: functions that return values it has not, nor steps at the same time.
able='["checkpoint", "messages", "state", "retry", "at_most_once", "nested", "daemon"]'
passed=0 failed=0 skipped=0 daemon='' link=''
declare -A programs

fail() { reason="$*"; return 1; }
jqp() { jq -L "$here" "$@"; }

# --- The daemon, and one connection to it ------------------------------------------------------------------------

daemon_start() {
    "$daemon_program" --socket "$SIDESTEP_SOCKET" --database "$place/d.db" >>"$place/daemon.log" 2>&1 &
    daemon=$!
    until socat -u /dev/null "UNIX-CONNECT:$SIDESTEP_SOCKET" 2>/dev/null; do sleep 0.02; done
}

daemon_end() {
    [ -n "$daemon" ] || return 0
    kill "-$1" "$daemon"
    wait "$daemon" 2>/dev/null
    daemon=
}

daemon_order() {
    case $1 in
    kill) daemon_end KILL ;;
    stop) daemon_end TERM ;;
    start) daemon_start ;;
    restart)
        daemon_end KILL
        daemon_start
        ;;
    esac
}

link_close() {
    [ -n "$link" ] || return 0
    exec {to}>&- {from}<&-
    wait "$link" 2>/dev/null
    link=
}

link_open() {
    rm -f "$place/to" "$place/from"
    mkfifo "$place/to" "$place/from"
    socat - "UNIX-CONNECT:$SIDESTEP_SOCKET" <"$place/to" >"$place/from" 2>/dev/null &
    link=$!
    exec {to}>"$place/to" {from}<"$place/from"
}

# request METHOD PARAMS: sets reply.
request() {
    for _ in 1 2; do
        [ -n "$link" ] || link_open
        { printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}\n' "$1" "$2" >&"$to"; } 2>/dev/null
        read -r -t 10 -u "$from" reply && return 0
        link_close
    done
    fail "no reply to $1"
}

# --- Operations --------------------------------------------------------------------------------------------------

resolved() { jqp -c --argjson vars "$vars" "include \"parity\"; ($1) | resolve(\$vars)" <<<"$operation"; }

# judge REPLY: compares with the operation's result or error, keeps what it saves.
judge() {
    local pattern
    pattern=$(resolved 'if has("error") then {error: (.error | if type == "string" then {data: {kind: .}}
        elif type == "number" then {code: .} else . end)} else {result: (.result // {})} end')
    jqp -e --argjson pattern "$pattern" 'include "parity"; matches($pattern | as_shell_records)' <<<"$1" >/dev/null ||
        fail "reply $1 is not $pattern" || return
    vars=$(jqp -c --argjson reply "$1" --argjson vars "$vars" '
        . as $o | reduce ((.save // {}) | to_entries[]) as $e ($vars;
            .[$e.key] = (($reply.result // $reply.error) | getpath($e.value / "." | map(tonumber? // .))))' <<<"$operation")
}

operation_call() {
    request "$1" "$(resolved '.params // {}')" && judge "$reply"
}

operation_until() {
    local end=$((SECONDS + 10))
    until operation_call "$1"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.01
    done
}

# Starts a program in a process group of its own; sets program_pid.
program_start() {
    local options=''
    export RUN TELL=$place/tell ANSWER=$place/answer
    RUN=$(jq -r --argjson vars "$vars" '.run // $vars.run' <<<"$operation")
    options=$(jqp -r '[
        (if .workflow then "--workflow \(.workflow | @sh)" else empty end),
        (if .input then "--input \(.input | tojson | @sh)" else empty end),
        (.options // {} | to_entries[]
            | {if_closed: "--if-closed", if_owned: "--if-owned", wait_ms: "--wait", retry: "--retry"}[.key] as $name
            | "\($name) \(.value | if type == "string" then . else tojson end | @sh)")] | join(" ")' <<<"$operation")
    {
        # A workflow of the other clients keeps a failed step, unless the run is closed and opened again.
        echo "set -u; . ${here@Q}/parity-program.sh"
        echo "sidestep_start \"\$RUN\" --if-closed return $options || ends \"\${sidestep_error:-start}\""
        jqp -r 'include "parity"; .program | program("")' <<<"$operation"
        echo "sidestep_finish --despite-failures || ends \"\${sidestep_error:-finish}\""
        echo "ends completed"
    } >"$place/program.sh"
    rm -f "$EFFECTS.ends" "$TELL" "$ANSWER"
    mkfifo "$TELL" "$ANSWER"
    setsid --wait "$shell" "$place/program.sh" </dev/null >>"$place/program.log" 2>&1 &
    program_pid=$!
}

program_judge() {
    local ends lines expected
    wait "$1" 2>/dev/null
    ends=$(cat "$EFFECTS.ends" 2>/dev/null || echo killed)
    expected=$(jq -r '.ends // ""' <<<"$operation")
    [ -z "$expected" ] || [ "$ends" = "$expected" ] || fail "the program ended $ends, not $expected" || return
    lines=$(jq -Rsc '[splits("\n") | select(. != "")]' <"$EFFECTS" 2>/dev/null || echo '[]')
    jqp -e --argjson lines "$lines" 'include "parity"; (.effects // {"$type": "array"}) as $p | $lines |
        if ($p | type) == "array" then . == $p else matches($p) end' <<<"$operation" >/dev/null ||
        fail "effects are $lines"
}

operation_program() {
    local label
    label=$(jq -r '.start // ""' <<<"$operation")
    program_start
    if [ -n "$label" ]; then programs[$label]=$program_pid; else program_judge "$program_pid"; fi
}

perform() {
    local name value
    name=$(jq -r 'keys_unsorted[0]' <<<"$operation")
    value=$(jq -r '.[keys_unsorted[0]] | if type == "string" then . else tojson end' <<<"$operation")
    case $name in
    call) operation_call "$value" ;;
    until) operation_until "$value" ;;
    program) operation_program ;;
    await) program_judge "${programs[$value]}" ;;
    hear) [ "$(timeout 10 head -n 1 "$TELL")" = "$(jq -r .text <<<"$operation")" ] || fail "nothing was told" ;;
    answer) echo >"$ANSWER" ;;
    daemon) daemon_order "$value" ;;
    sleep_ms) sleep "$(jq -n "$value / 1000")" ;;
    *) fail "no such operation: $name" ;;
    esac
}

play() {
    vars=$(jq -cn --arg run "sh$$-$((passed + failed))" '{run: $run}')
    export EFFECTS=$place/effects
    rm -f "$EFFECTS" "$EFFECTS".*
    : >"$EFFECTS"
    link_close
    [ -n "$daemon" ] || daemon_start
    while IFS= read -r -u 9 operation; do
        reason=
        perform 9<&- || { reason="$operation: $reason"; return 1; }
    done 9< <(jq -c '.do[]' <<<"$scenario")
}

finish() {
    link_close
    daemon_end KILL
    rm -rf "$place"
}
trap finish EXIT

daemon_start
while IFS= read -r -u 8 scenario; do
    name=$(jq -r .name <<<"$scenario")
    [[ $name == *"$only"* ]] || continue
    if ! jq -e --argjson able "$able" '.level == "client" and ((.needs // []) - $able == []) and
        all(.do[] | (.program // [])[]; has("parallel") or has("raise") | not)' <<<"$scenario" >/dev/null; then
        skipped=$((skipped + 1))
    elif play 8<&-; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL  %s\n      %s\n' "$name" "${reason:0:600}"
        tail -3 "$place/program.log" 2>/dev/null
    fi
done 8< <(jq -c '.scenarios[]' "$@")
printf 'parity-shell: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
