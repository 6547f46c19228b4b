# What a script would do.
# shellcheck shell=bash disable=SC2016

check "plan tells what would be repeated and what would run, and executes nothing" <<'C'
cat >"$run.sh" <<'S'
#!/bin/sh
set -eu
# sidestep step commented -- true
eval "$(sidestep start RUN-1)"
touch "$0.executed"
sidestep step fetch --retry 3 --produces data -- sh -c 'echo x >data'
lines=$(sidestep step "count" -- sh -c 'wc -l <data')
for f in a b c; do sidestep step "convert:$f" -- test "$f" = a; done
cat <<EOF
sidestep step in-a-document -- true
EOF
cut -d: -f1 data | sidestep each \
    upload -j 2 --fail-fast -- echo {}
if sidestep step outer -- sidestep step inner -- true; then :; fi
echo 'sidestep step quoted -- true'
sidestep wait signal go
sidestep finish
S
sed -i "s/RUN/$run/" "$run.sh"
has "$(sidestep plan "$run.sh")" "There is no run $run-1 yet: everything would run."
is "$(sidestep plan "$run.sh" --json | jq -r '.steps[] | "\(.line) \(.step) \(.outcome)"')" "6 fetch runs
7 count runs
8 convert:* runs
12 upload:* runs
14 outer runs
14 outer/inner runs
16 signal:go runs"
[ ! -e "$run.sh.executed" ]
status 1 sh "$run.sh" 2>/dev/null
comes free "$run-1"
plan() { sidestep plan "$run.sh" --json | jq -r '.steps[] | "\(.step) \(.outcome)"' | xargs; }
is "$(plan)" "fetch repeated count repeated convert:* runs upload:* runs outer runs outer/inner runs signal:go runs"
has "$(sidestep plan "$run.sh")" "1 recorded and repeated; others would run; 1 begun or failed, which run again"
rm data
is "$(plan)" "fetch runs_again count repeated convert:* runs upload:* runs outer runs outer/inner runs signal:go runs"
has "$(sidestep plan "$run.sh")" "data is missing"
C

check "plan knows the run of a script that names none, and asks where it cannot" <<'C'
echo 'eval "$(sidestep start --daily)"; sidestep step a -- true' >"$run-d.sh"
is "$(sidestep plan "$run-d.sh" --json | jq -r .run)" "$run-d-$(date +%F)"
bash -eu "$run-d.sh"
is "$(sidestep plan "$run-d.sh" --json | jq -r '.steps[0].outcome')" repeated
echo 'eval "$(sidestep start "job-$1")"; sidestep step a -- true' >"$run-v.sh"
status 64 sidestep plan "$run-v.sh" 2>error
has "$(cat error)" "made in line 1"
has "$(cat error)" "sidestep plan $run-v.sh --run ID"
is "$(sidestep plan "$run-v.sh" --run "$run-d-$(date +%F)" --json | jq -r '.steps[0].outcome')" repeated
echo 'sidestep step a -- true' >"$run-n.sh"
status 64 sidestep plan "$run-n.sh" 2>error
has "$(cat error)" "opens no run"
echo 'eval "$(sidestep start)"; sidestep step a -- true' >"$run-e.sh"
has "$(sidestep plan "$run-e.sh")" "a run of its own"
status 64 sidestep plan missing 2>error
has "$(cat error)" "No such file"
C

check "plan reads the library's functions, odd words and unfinished texts" <<'C'
printf '. sidestep.sh\nsidestep_start %s-l\nsidestep_step --retry 3 "one two" greet\nsidestep_step $'"'x'"' true\necho "unfinished $(sidestep step in-%s -- tr' "$run" "$run" >"$run-l.sh"
is "$(sidestep plan "$run-l.sh" --json | jq -r '.steps[].step' | xargs -d '\n')" "one two x in-$run"
head -c 20000 /dev/urandom >"$run-r.sh"
sidestep plan "$run-r.sh" --run "$run-l" >/dev/null
C

check "plan says of a completed run that it is over, and of an unknown step that somebody must look" <<'C'
export run
echo 'eval "$(sidestep start '"$run"')"; sidestep step pay -- true' >"$run.sh"
setsid bash -c 'eval "$(sidestep start "$run")"; sidestep step pay --at-most-once -- sh -c "kill -9 0"' || :
is "$(sidestep plan "$run.sh" --json | jq -r '.steps[0].outcome')" unknown
sidestep resolve "$run" pay --completed null 2>/dev/null
bash -c 'eval "$(sidestep start "$run" --if-owned wait --wait 60s)"; sidestep finish' 2>/dev/null
has "$(sidestep plan "$run.sh")" "Run $run is completed"
C
