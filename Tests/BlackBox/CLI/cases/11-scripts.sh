# What a script can rely on, in every shell, with the program and with sidestep.sh alone.
# shellcheck shell=bash disable=SC2016,SC2154

export CLIENT=$here/../../../clients/shell/sidestep.sh
plain=$helpers
helpers=$helpers'
# script WAY: makes ./script from standard input, in which @start OPTIONS opens the run $1, and @step OPTIONS NAME @ COMMAND
# and @finish are what they are called in that way.
script() {
    case $1 in
    program)
        sed "s/^@start\(.*\)$/s=\$(sidestep start \"\$1\"\1) \&\& eval \"\$s\" || exit/; s/@step/sidestep step/g
            s/ @ / -- /g; s/@finish/sidestep finish/g" ;;
    library)
        echo ". \"\$CLIENT\""
        sed "s/^@start\(.*\)$/sidestep_start \"\$1\"\1 || exit/; s/@step/sidestep_step/g
            s/ @ / /g; s/@finish/sidestep_finish/g" ;;
    esac >script
}
# killed ARGUMENTS…: runs the script until it has written $run.log, and kills its process, and nothing else.
killed() {
    rm -f "$run.log"
    "$shell" script "$@" >/dev/null 2>&1 & local pid=$!
    comes test -s "$run.log"
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || :
    comes free "$run"
}
'

for shell in $SHELLS; do for way in program library; do
    export shell way

    check "$way under $shell: a script that went on after a failed step does not finish its run" <<'C'
script "$way" <<'S'
@start
@step bad @ test -e "$1.mended"
echo on
@finish
S
status 70 "$shell" script "$run" >out 2>error
is "$(cat out)" on
has "$(cat error)" "bad"; has "$(cat error)" "set -e"
comes free "$run"
is "$(state "$run")" interrupted
touch "$run.mended"
"$shell" script "$run" >out 2>&1
is "$(state "$run")" completed
"$shell" script "$run" >out 2>&1
C

    check "$way under $shell: failures that somebody answers for keep no run from being finished" <<'C'
script "$way" <<'S'
@start
inner=$2
@step outer @ "$3" "$inner"
if @step --accept 1,4 probe @ sh -c 'exit 4'; then echo yes; else echo "no $?"; fi
@finish
S
cat >nested <<N
$(case $way in program) echo 'sidestep step "$1" -- false' ;; library) echo '. "$CLIENT"; sidestep_step "$1" false' ;; esac)
echo handled
N
printf '#!/bin/sh\n. ./nested\n' >nest; chmod +x nest
for _ in 1 2; do is "$("$shell" script "$run" "a/b" ./nest 2>/dev/null)" "handled
no 4"; done
is "$(state "$run")" completed
script "$way" <<'S'
@start
@step bad @ false
@finish --despite-failures
S
"$shell" script "$run-b" >/dev/null 2>&1
is "$(state "$run-b")" completed
C

    check "$way under $shell: a killed script's command is ended before its step is executed again" <<'C'
script "$way" <<'S'
@start $2
body() { echo start >>"$1.log"; [ "$(grep -c start "$1.log")" -gt 1 ] || { sleep 300; echo late >>"$1.log"; }; echo end >>"$1.log"; }
@step works @ ./body "$1"
@finish
S
printf '#!/bin/sh\n%s\nbody "$1"\n' "$(grep '^body' script)" >body; chmod +x body
[ "$way" = program ] || bodies=body
for body in ./body ${bodies-}; do
    sed -i "s/works \(--\|\)\(.*\)body \"/works \1 $(printf %s "$body" | sed 's/\//\\\//') \"/" script
    fresh
    killed "$run"
    "$shell" script "$run" 2>error
    has "$(cat error)" "that an earlier execution left behind"
    is "$(xargs <"$run.log")" "start start end"
    is "$(state "$run")" completed
done
C

    check "$way under $shell: an orphan is refused or waited for when asked to" <<'C'
script "$way" <<'S'
@start --orphan "$2"
@step works @ sh -c 'echo start >>"$0"; [ "$(grep -c start "$0")" -gt 1 ] || until [ -e "$0.go" ]; do sleep 0.05; done; echo end >>"$0"' "$1.log"
@finish
S
rm -f "$run.log.go"
killed "$run" end
status 75 "$shell" script "$run" fail 2>error
has "$(cat error)" "an earlier execution still work"
has "$(cat error)" "--orphan end"
is "$(xargs <"$run.log")" start
"$shell" script "$run" wait 2>error & pid=$!
comes grep -q "waiting for process" error
is "$(xargs <"$run.log")" start
touch "$run.log.go"
wait "$pid"
is "$(xargs <"$run.log")" "start end start end"
status 64 "$shell" script "$run" kindly >out 2>&1
C

    check "$way under $shell: what a finished step left running is no orphan" <<'C'
script "$way" <<'S'
@start
@step serve @ sh -c 'sleep 300 >/dev/null 2>&1 </dev/null & echo $! >"$0"' "$1.pid"
@step works @ sh -c 'echo start >>"$0"; [ -e "$0.go" ] || sleep 300' "$1.log"
@finish
S
rm -f "$run.log.go"
killed "$run"
touch "$run.log.go"
"$shell" script "$run" 2>error
kill "$(cat "$run.pid")"
C

    check "$way under $shell: an at-most-once step is unknown while its orphan works, and after it was ended" <<'C'
script "$way" <<'S'
@start
@step --at-most-once pay @ sh -c 'echo paid >>"$0"; exec sleep 300' "$1.log"; echo "status $?"
S
killed "$run"
has "$(sidestep inflight)" "$run"
is "$("$shell" script "$run" 2>error)" "status 70"
has "$(cat error)" step_unknown
has "$(cat error)" "that an earlier execution left behind"
is "$(cat "$run.log")" paid
C

    check "$way under $shell: a step in a loop leaves the loop its lines, now and when repeated" <<'C'
script "$way" <<'S'
@start
while read -r item; do @step "eat:$item" @ sh -c 'cat; echo "$0" >>"$1"' "$item" "$1.log"; done <list
echo mine | @step own @ cat
@step file @ cat <list
@finish
S
printf '1\n2\n3\n' >list
for _ in 1 2; do
    is "$("$shell" script "$run" 2>error | xargs)" "mine 1 2 3"
    is "$(grep -v "had ended\|completed$" error)" ""
    is "$(xargs <"$run.log")" "1 2 3"
done
script "$way" <<'S'
@start
while read -r item; do @step --stdin "$2" "eat:$item" @ cat; done <list
S
is "$("$shell" script "$run-i" inherit | xargs)" "2 3"
is "$("$shell" script "$run-n" none | xargs)" ""
is "$("$shell" script "$run-r" record | xargs)" "2 3"
[ "$way" = program ] || exit 0
script "$way" <<'S'
@start
cat list | while read -r item; do @step "eat:$item" @ sh -c 'cat; echo "$0"' "$item"; done
S
for _ in 1 2; do is "$("$shell" script "$run-p" 2>error | xargs)" "1 2 3"; comes free "$run-p"; done
:
C

    check "$way under $shell: a here-document of a step is its own" <<'C'
script "$way" <<'S'
@start
@step here @ cat <<E
lines of $1
E
for item in a b; do @step "$item" @ cat <<E
item $item
E
done
S
for _ in 1 2; do is "$("$shell" script "$run" 2>error)" "lines of $run
item a
item b"; is "$(cat error)" ""; comes free "$run"; done
C

    check "$way under $shell: recorded input is read again when the step is repeated, and another one is refused" <<'C'
script "$way" <<'S'
@start
@step --stdin record --retry 2 first @ sh -c 'echo x >>"$0"; head -1; [ "$(wc -l <"$0")" = 2 ]' "$1.log" <"$2"; echo "status $?"
S
printf 'a\nb\n' >same; printf 'a\nc\n' >other; printf 'a\377\n' >bytes
for _ in 1 2; do is "$("$shell" script "$run" same 2>/dev/null)" "a
status 0"; comes free "$run"; done
is "$(lines "$run.log")" 2
is "$(sidestep call step.get "{\"run\":\"$run\",\"step\":\"first\"}" | jq -r .metadata.stdin)" "a
b"
is "$("$shell" script "$run" other 2>error)" "status 70"
has "$(cat error)" step_mismatch
printf 'x\n' >"$run-b.log"
"$shell" script "$run-b" bytes >out 2>&1
is "$(sidestep call step.get "{\"run\":\"$run-b\",\"step\":\"first\"}" | jq -r .metadata.stdin_base64)" "Yf8K"
C

    check "$way under $shell: exit statuses are the same at first and when repeated, and a file says whose they are" <<'C'
script "$way" <<'S'
@start --if-closed return
tell() { printf '%s %s | ' "$?" "$(cat told)"; }
@step --status-file told good @ true; tell
@step --status-file told bad @ sh -c 'exit 3'; tell
@step --status-file told usage @ sh -c 'exit 64'; tell
@step --status-file told busy @ sh -c 'exit 75'; tell
@step --status-file told signal @ sh -c 'kill -TERM $$'; tell
@step --status-file told absent @ ./no-such-command; tell
@step --status-file told plain @ ./plain; tell
@step --status-file told --output-limit 10 much @ echo 'more than ten bytes' >/dev/null; tell
@step --status-file told --output-limit 10 much3 @ sh -c 'echo more than ten bytes; exit 3' >/dev/null; tell
@step --status-file told --accept 3 ok3 @ sh -c 'exit 3'; tell
S
: >plain
wanted="0 command 0 | 3 command 3 | 64 command 64 | 75 command 75 | 143 command 143 | 127 command 127 | 126 command 126 | "
wanted="${wanted}122 output_limit 122 | 122 output_limit 122 | 3 command 3 | "
[ "$way" != program ] || { sed -i 's/^@start.*//' script; sed -i 's/start "$1" --if-closed return/start "$1" --keep-failed/' script; }
is "$("$shell" script "$run" 2>/dev/null)" "$wanted"
comes free "$run"
if [ "$way" = library ]; then
    eval "$(sidestep start "$run" --keep-failed)"
    sidestep call run.complete "{\"lease\":\"$SIDESTEP_LEASE\"}" >/dev/null
    unset SIDESTEP_RUN SIDESTEP_LEASE
fi
is "$("$shell" script "$run" 2>/dev/null)" "$wanted"
script "$way" <<'S'
@step --status-file told refused @ true; echo "$? $(cat told)"
S
is "$("$shell" script 2>/dev/null)" "64 sidestep 64 invalid_argument"
C

    check "$way under $shell: a script under sidestep run joins its run, or is refused" <<'C'
script "$way" <<'S'
@start
@step a @ sh -c 'echo x >>"$0"; echo a' "$1.log"
@finish
S
is "$(sidestep run --id "$run" -- "$shell" script "$run" 2>error)" a
is "$(state "$run")" completed
is "$(lines "$run.log")" 1
status 64 sidestep run --id "$run-b" --restart no -- "$shell" script "$run-other" >out 2>error
has "$(cat error)" "sidestep run --id"
status 70 sidestep show "$run-other" 2>/dev/null
sidestep run --id "$run-c" -- env -u SIDESTEP_SUPERVISED "$shell" script "$run-apart" 2>/dev/null
is "$(state "$run-apart")" completed
C

    check "$way under $shell: torture knows a script that has its own start" <<'C'
script "$way" <<'S'
@start
@step a @ sh -c 'echo a >"$0.a"' "$1"
@step b @ sh -c 'cat "$0.a" >"$0.b"; echo b >>"$0.b"' "$1"
@finish
S
has "$(sidestep torture --kills 3 --file "$run.a" --file "$run.b" -- "$shell" script "$run")" "the effects are the same each time"
status 70 sidestep show "$run" 2>/dev/null
C
done; done
helpers=$plain
