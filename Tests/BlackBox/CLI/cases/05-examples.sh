export EXAMPLES=$here/../../../examples
mkdir -p "$place/texts"
for number in 1 2 3 4 5 6; do printf 'one two three %s\n' "$number" >"$place/texts/$number.txt"; done

for example in shell swift; do
    case $example in
    shell) program=$EXAMPLES/shell/files.sh ;;
    swift) program=$bin/sidestep-example-files ;;
    esac
    export program
    if [ ! -x "$program" ]; then
        echo "skipped: $program is not built"
        continue
    fi

    check "the $example example goes on after kills, each effect there, repeated at most once per kill" <<'C'
kills=0
while :; do
    setsid --wait "$program" texts "$run" "effects-$run" 0.05 >"out-$run" 2>&1 & pid=$!
    if [ "$kills" -lt 4 ]; then
        before=$(lines "effects-$run")
        comes eval '[ "$(lines "effects-$run")" -gt "$before" ] || gone "$pid"'
        kill -9 -- "-$(pgrep -f "$program.* $run " | head -1)" 2>/dev/null || :
        kills=$((kills + 1))
        wait "$pid" || :
    else
        wait "$pid" && break
    fi
done 2>/dev/null
for number in 1 2 3 4 5 6; do
    count=$(grep -c "^$number.txt: 4 words" "effects-$run")
    [ "$count" -ge 1 ] && [ "$count" -le 2 ] || { cat "effects-$run"; exit 1; }
done
[ "$(wc -l <"effects-$run")" -le 11 ]
is "$(grep summary "effects-$run")" "summary: 6 files, 24 words"
has "$(cat "out-$run")" "6 files, 24 words"
C

    check "the $example example repeats a finished run without effects" <<'C'
"$program" texts "$run" "effects-$run" >/dev/null
before=$(cat "effects-$run")
has "$("$program" texts "$run" "effects-$run" 2>/dev/null)" "6 files, 24 words"
is "$(cat "effects-$run")" "$before"
C
done
