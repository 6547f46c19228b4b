export here
check "schedule: put, list, show, pause, trigger, delete" <<'C'
sidestep schedule put "$run" --workflow "w-$run" --cron '0 2 * * MON-FRI' --zone Europe/Berlin --input '[1.0]' --tag a=b 2>said
has "$(cat said)" "next in"
has "$(sidestep schedule list)" "0 2 * * MON-FRI Europe/Berlin"
has "$(sidestep schedule show "$run")" "0 fired, 0 skipped, 0 missed"
sidestep schedule pause "$run" 2>/dev/null
has "$(sidestep schedule list)" paused
id=$(sidestep schedule trigger "$run")
has "$id" "$run/"
is "$(sidestep schedule trigger "$run" --run "$run-t")" "$run-t"
is "$(sidestep call run.get "{\"run\": \"$run-t\"}" | jq -r .run.status)" queued
has "$(sidestep call run.get "{\"run\": \"$run-t\"}")" '"input":[1.0]'
sidestep schedule unpause "$run" 2>/dev/null
sidestep schedule delete "$run" 2>/dev/null
status 1 sidestep schedule delete "$run" 2>/dev/null
C

check "schedule: what is no rule is refused with a sentence" <<'C'
status 64 sidestep schedule put "$run" --workflow w 2>/dev/null
status 64 sidestep schedule put "$run" --workflow w --cron '99 * * * *' 2>error
has "$(cat error)" "minute"
status 64 sidestep schedule put "$run" --workflow w --cron '@daily' --zone Mars/Olympus 2>error
has "$(cat error)" "Mars/Olympus"
C

check "stream: lines go in as they come and out to who follows" <<'C'
eval "$(sidestep start "$run")"
sidestep stream append answer '"first"' '{"n": 1.0}'
sidestep stream read answer --run "$run" --follow --text >out & reader=$!
printf 'two words\nthird\n' | sidestep stream append answer --lines
echo '[4]' | sidestep stream append answer
sidestep stream close answer --final '"all"'
wait $reader
is "$(cat out)" 'first
{"n": 1.0}
two words
third
[4]'
is "$(sidestep stream read answer --run "$run" --from 3)" '"third"
[4]'
has "$(sidestep stream list "$run")" answer
status 64 sidestep stream append answer '"late"' 2>/dev/null
sidestep stream append short 1
sidestep stream close short --final '"in short"' --compact
is "$(sidestep stream read short --run "$run" --text)" "in short"
C

check "artifact: versions, types, and the newest of a name" <<'C'
eval "$(sidestep start "$run")"
is "$(printf '# One\n' | sidestep artifact put "r-$run" --markdown -)" 1
is "$(sidestep artifact put "r-$run" --markdown '# Two')" 2
is "$(sidestep artifact get "r-$run")" '# Two'
is "$(sidestep artifact get "r-$run" --run "$run" --version 1)" '# One'
sidestep artifact put data --value '{"x": 1.0}' >/dev/null
is "$(sidestep artifact get data --run "$run")" '{"x": 1.0}'
sidestep artifact put log --file /tmp/log >/dev/null
is "$(sidestep artifact get log --run "$run")" /tmp/log
has "$(sidestep artifact list --run "$run")" markdown
status 64 sidestep artifact put x 2>/dev/null
C

check "emit and events: announced once for each id" <<'C'
sidestep emit "$run.paid" '{"n": 17}' --id "$run-1"
sidestep emit "$run.paid" '{"n": 17}' --id "$run-1"
sidestep events "$run.*" --follow --json >out & reader=$!
sidestep emit "$run.sent"
comes eval '[ "$(lines out)" = 2 ]'
kill $reader
is "$(jq -r .event <out | tr '\n' ' ')" "$run.paid $run.sent "
has "$(sidestep events "$run.paid")" '{"n": 17}'
status 64 sidestep emit run.completed 2>/dev/null
C

check "watch follows the journal of a run" <<'C'
eval "$(sidestep start "$run")"
sidestep watch "$run" --after 0 -n 4 >out & watcher=$!
sidestep step a -- true
sidestep step b -- true
wait $watcher
has "$(cat out)" "step.completed  a"
has "$(cat out)" "step.completed  b"
is "$(sidestep watch "$run" --after 0 -n 1 --json | jq -r .kind)" run.created
status 70 sidestep watch no-such-run 2>error
has "$(cat error)" run_not_found
C

check "webhook: put, list, dead letters, redeliver, delete" <<'C'
sidestep webhook put "$run" http://127.0.0.1:9/ --event "$run.*" --max-attempts 1
has "$(sidestep webhook list)" "http://127.0.0.1:9/"
sidestep emit "$run.x"
comes shows dl_ sidestep webhook deliveries "$run" --status dead
id=$(sidestep webhook deliveries "$run" --json | jq -r '.deliveries[0].delivery')
sidestep webhook redeliver "$id"
sidestep webhook delete "$run" 2>/dev/null
status 1 sidestep webhook delete "$run" 2>/dev/null
status 64 sidestep webhook put "$run" ftp://example.org 2>/dev/null
C

for shell in dash bash; do
    export shell CLIENT=$here/../../../clients/shell/sidestep.sh
    check "sidestep.sh under $shell: streams, artifacts and events" <<'C'
cat >script <<'S'
set -eu
. "$CLIENT"
sidestep_start "$1"
sidestep_stream_append answer '[1.0, "two words"]'
sidestep_stream_close answer '"all"'
sidestep_artifact report markdown "# It's \"one\""
sidestep_artifact data json '{"x": 1.0}'
sidestep_artifact log file /tmp/log
sidestep_emit "$1.done" '{"n": 1.0}' "$1"
sidestep_emit "$1.done" '{"n": 1.0}' "$1"
sidestep_finish
S
for _ in 1 2; do "$shell" script "$run-$shell"; done
is "$(sidestep stream read answer --run "$run-$shell")" '1.0
"two words"'
is "$(sidestep artifact get report --run "$run-$shell")" "# It's \"one\""
is "$(sidestep artifact get data --run "$run-$shell")" '{"x": 1.0}'
is "$(sidestep events "$run-$shell.*" --json | wc -l)" 1
has "$(sidestep events "$run-$shell.*" --json)" '"value":{"n": 1.0}'
C
done

check "the example that announces tells the same after a kill" <<'C'
setsid --wait "$here/../../../examples/shell/announce.sh" "$run" 0.1 2>/dev/null & pid=$!
comes shows '"step.completed"' sidestep history "$run" --json
kill -9 -- "-$(pgrep -f "announce.sh $run " | head -1)" 2>/dev/null || :
wait $pid || :
for _ in 1 2; do "$here/../../../examples/shell/announce.sh" "$run" 2>/dev/null; done
is "$(sidestep result "$run")" 1500
is "$(sidestep stream read progress --run "$run" | wc -l)" 5
is "$(sidestep artifact get report --run "$run")" "# 1500 words"
is "$(sidestep events report.done --json | jq -c "select(.event_id == \"$run\") | .value.words")" 1500
C

check "the command line tool links no SQLite, and nothing links libcurl: it is loaded when a letter is sent" <<'C'
linked=$(ldd "$(command -v sidestep)")
case $linked in *libcurl* | *sqlite*) echo "$linked"; exit 1 ;; esac
linked=$(ldd "$(command -v sidestepd)")
case $linked in *libcurl*) echo "$linked"; exit 1 ;; esac
C
