# Runs that are named by script and date or commit, files of variables, and silence.
# shellcheck shell=bash disable=SC2016

check "start --daily names the run by script and date, and the same day goes on with it" <<'C'
mkdir "$run"
cat >"$run/$run-nightly.sh" <<'S'
#!/bin/bash
set -eu
eval "$(sidestep start --daily)"
echo "$SIDESTEP_RUN"
sidestep step once -- sh -c 'echo x >>daily-runs'
S
chmod +x "$run/$run-nightly.sh"
id="$run-nightly-$(date +%F)"
is "$("./$run/$run-nightly.sh")" "$id"
comes free "$id"
is "$(bash -eu -o pipefail "$run/$run-nightly.sh" argument)" "$id"
is "$(lines daily-runs)" 1
comes free "$id"
is "$(TZ=Pacific/Kiritimati dash "$run/$run-nightly.sh" 2>&1 | tail -1)" "$run-nightly-$(TZ=Pacific/Kiritimati date +%F)"
is "$(sidestep last "$run/$run-nightly.sh" | cut -c 1-$((${#run} + 8)))" "$run-nightly"
C

check "another script of the same name is refused, and a name that was given is taken as it is" <<'C'
mkdir "$run-a" "$run-b"
echo 'eval "$(sidestep start --daily)"; echo "$SIDESTEP_RUN"' | tee "$run-a/$run.sh" >"$run-b/$run.sh"
is "$(bash -eu "$run-a/$run.sh")" "$run-$(date +%F)"
comes free "$run-$(date +%F)"
status 70 bash -eu "$run-b/$run.sh" 2>error
has "$(cat error)" run_conflict
has "$(cat error)" "sidestep start NAME --daily"
eval "$(sidestep start "$run-given" --daily)"
is "$SIDESTEP_RUN" "$run-given-$(date +%F)"
status 64 bash -euc 'eval "$(sidestep start --daily)"' 2>error
has "$(cat error)" "give a name"
status 64 sidestep start --daily --per-commit >/dev/null 2>&1
C

check "start --per-commit names the run by the commit" <<'C'
mkdir "$run"; cd "$run"
git -c init.defaultBranch=main init -q
git -c user.name=n -c user.email=e@example.org commit -q --allow-empty -m one
commit=$(git rev-parse HEAD)
eval "$(sidestep start "$run-ci" --per-commit)"
is "$SIDESTEP_RUN" "$run-ci-${commit:0:12}"
cd ..
mkdir "$run-bare"; cd "$run-bare"
export GIT_CEILING_DIRECTORIES=$PWD/..
is "$(CI_COMMIT_SHA=0123456789abcdef sidestep start "$run-ci" --per-commit --shell json | jq -r .run.id)" "$run-ci-0123456789ab"
status 64 env -u CI_COMMIT_SHA -u GITHUB_SHA sidestep start "$run-ci" --per-commit 2>error
has "$(cat error)" "git rev-parse HEAD"
C

check "last prints the newest run: of all, of a workflow, of ids that begin so" <<'C'
(eval "$(sidestep start "$run-w-1" --workflow "flow-$run" --owner-pid $$)"; sidestep finish 2>/dev/null)
(eval "$(sidestep start "$run-w-2" --workflow "flow-$run" --owner-pid $$)")
(eval "$(sidestep start "$run-x-7" --owner-pid $$)")
is "$(sidestep last)" "$run-x-7"
is "$(sidestep last "flow-$run")" "$run-w-2"
is "$(sidestep last "flow-$run" --status completed)" "$run-w-1"
is "$(sidestep last "$run-x")" "$run-x-7"
is "$(sidestep last "$run-x" --json | jq -r .id)" "$run-x-7"
status 1 sidestep last "no-$run" 2>error
has "$(cat error)" "no such run"
C

check "a file of variables reaches the command, as systemd reads it, and is recorded nowhere" <<'C'
cat >"$run.env" <<'S'
# a comment
; another
PLAIN=a b  
export EXPORTED=yes
EMPTY=
SINGLE='it is \n $HOME "so"'
DOUBLE="a \"quoted\" \$HOME \\ \n"
JOINED='a'"b"c
LONG=one \
two
ESCAPED=a\ b\	c
SECRET=hush-hush
SIDESTEP_STEP=not-this
S
eval "$(sidestep start "$run")"
is "$(sidestep step show --env-file "$run.env" -- sh -c 'printf "%s|" "$PLAIN" "$EXPORTED" "$EMPTY" "$SINGLE" "$DOUBLE" "$JOINED" "$LONG" "$ESCAPED" "${#SECRET}" "$SIDESTEP_STEP"')" \
    'a b|yes||it is \n $HOME "so"|a "quoted" $HOME \ \n|abc|one two|a b	c|9|show|'
is "$(sidestep run --id "$run-s" --env-file "$run.env" -- sh -c 'echo "${#SECRET} $SIDESTEP_RUN"')" "9 $run-s"
sidestep run --detach --id "$run-d" --env-file "$run.env" -- sh -c 'echo "$SECRET" | wc -c >detached' >/dev/null
sidestep result "$run-d" --wait 60s >/dev/null
is "$(cat detached)" 10
for each in "$run" "$run-s" "$run-d"; do ! sidestep export "$each" | grep -q hush; done
C

check "a file of variables that cannot be used is told with its line, never with a value, before anything begins" <<'C'
eval "$(sidestep start "$run")"
refused() { status 64 sidestep step never --env-file "$1" -- touch ran-never 2>error; has "$(cat error)" "$2"; ! grep -q hush error; }
refused missing "No such file"
printf 'A=1\nhush-hush\n' >bad; refused bad "line 2 is no NAME=VALUE"
printf 'A=1\n\nB="hush\nC=2\n' >bad; refused bad "the quote in line 3 has no end"
printf '1A=hush' >bad; refused bad "line 1"
printf 'A=hush\377' >bad; refused bad "no UTF-8"
status 125 sidestep run --id "$run-r" --env-file bad -- touch ran-never 2>/dev/null
[ ! -e ran-never ]
is "$(sidestep call step.list "{\"run\": \"$run\"}" | jq '.steps | length')" 0
C

check "with --quiet a step prints nothing of its output, now and when repeated, and its record is whole" <<'C'
eval "$(sidestep start "$run" --quiet)"
policy='{"max_attempts": 2, "initial_ms": 10}'
try() { sidestep step q -q --retry "$policy" -- sh -c 'echo out; [ -e q-tried ] || { touch q-tried; exit 1; }'; }
is "$(try 2>&1)" ""
is "$(try 2>&1)" ""
is "$(sidestep step q -- false)" out
status 3 sidestep step bad -q -- sh -c 'echo problem >&2; exit 3' 2>error
is "$(cat error)" problem
C
