# Steps whose result is a file.
# shellcheck shell=bash disable=SC2016

check "a step that produces files runs again when one is missing or changed, and only then" <<'C'
eval "$(sidestep start "$run")"
build() { sidestep step build --produces out-a --produces "$PWD/out b" -- sh -c 'echo x >>builds; echo data >out-a; echo more >"out b"; echo built'; }
is "$(build)" built
is "$(build)" built
is "$(lines builds)" 1
rm out-a
is "$(build 2>error)" built
has "$(cat error)" "step build runs again: out-a is missing"
is "$(build 2>&1)" built
is "$(lines builds)" 2
echo DATA >out-a
build 2>error >/dev/null
has "$(cat error)" "out-a has another content"
echo longer than before >"out b"
build 2>error >/dev/null
has "$(cat error)" "out b has another size"
is "$(build 2>&1)" built
is "$(lines builds)" 4
is "$(sidestep call step.list "{\"run\": \"$run\"}" | jq -r '.steps[].step' | xargs)" "build build@2 build@3 build@4"
C

check "a produced file is recorded with size, times and checksum, and a copy with other times is the same file" <<'C'
eval "$(sidestep start "$run")"
sidestep step make --produces big -- sh -c 'head -c 3000000 /dev/zero | tr "\0" x >big'
got=$(sidestep call step.get "{\"run\": \"$run\", \"step\": \"make\"}" | jq -c '.output.produces[0]')
is "$(jq -r .sha256 <<<"$got")" "$(sha256sum <big | cut -d' ' -f1)"
is "$(jq -r .path <<<"$got") $(jq .size_bytes <<<"$got")" "$PWD/big 3000000"
is "$(jq '.modified_at / 1000 | floor' <<<"$got")" "$(stat -c %Y big)"
has "$(sidestep show "$run")" "big (2 MiB, sha256 $(jq -r '.sha256[:8]' <<<"$got")…)"
cp big copy; mv copy big; touch -d 2001-01-01 big
sidestep step make --produces big -- touch ran-again
[ ! -e ran-again ]
# The same size and the same time of modification do not hide another content.
cp -p big other; printf y | dd of=big conv=notrunc 2>/dev/null; touch -r other big
sidestep step make --produces big -- sh -c 'touch ran-again; cp other big' 2>/dev/null
[ -e ran-again ]
C

check "a command that does not make its file has failed, whatever it says" <<'C'
eval "$(sidestep start "$run")"
status 1 sidestep step none --produces missing -- echo ok >/dev/null 2>error
has "$(cat error)" "did not make missing"
status 1 sidestep step folder --produces . -- true 2>error
has "$(cat error)" "it is no file"
policy='{"max_attempts": 2, "initial_ms": 10}'
sidestep step second --produces late --retry "$policy" -- sh -c '[ -e late-1 ] && touch late; touch late-1' 2>/dev/null
C

check "killed between the file and the record, the step makes it again; recorded, it does not" <<'C'
export run
setsid bash -c 'eval "$(sidestep start "$run")"; sidestep step k --produces made -- sh -c "echo 1 >made; kill -9 0"' || :
eval "$(sidestep start "$run" --if-owned wait --wait 60s)"
sidestep step k --produces made -- sh -c 'echo 2 >made'
sidestep step k --produces made -- sh -c 'echo 3 >made'
is "$(cat made)" 2
C

check "an at-most-once step whose file is gone is not repeated by itself" <<'C'
eval "$(sidestep start "$run")"
sidestep step pay --at-most-once --produces receipt -- sh -c 'echo x >>paid; touch receipt'
sidestep step pay --at-most-once --produces receipt -- sh -c 'echo x >>paid'
rm receipt
status 70 sidestep step pay --at-most-once --produces receipt -- sh -c 'echo x >>paid' 2>error
has "$(cat error)" "receipt is missing"
is "$(lines paid)" 1
C

check "a file that an earlier record does not name makes the step run again" <<'C'
eval "$(sidestep start "$run")"
sidestep step grow --produces g1 -- touch g1
sidestep step grow --produces g1 --produces g2 -- touch g1 g2 2>error
has "$(cat error)" "g2 was not among its files"
sidestep step grow --produces g2 -- false
C

for shell in dash bash "busybox sh" "zsh --emulate sh"; do
    export shell CLIENT=$here/../../../clients/shell/sidestep.sh
    check "sidestep.sh under $shell: a step that produces files runs again when one is missing or changed, and only then" <<'C'
cat >script <<'S'
. "$CLIENT"
sidestep_start "$1" || exit
sidestep_step --produces "$1 made" --produces "$PWD/$1-b" build sh -c 'echo x >>"$1.builds"; echo data >"$1 made"; echo b >"$1-b"; echo built' sh "$1"
S
id="$run-${shell%% *}"
again() { comes free "$id"; is "$($shell script "$id" 2>error)" built; is "$(lines "$id.builds")" "$1"; }
is "$($shell script "$id")" built
again 1
rm "$id-b"
again 2
has "$(cat error)" "step build runs again: $PWD/$id-b is missing or changed"
again 2
echo DATA >"$id made"
again 3
comes free "$id"
is "$(sidestep call step.list "{\"run\": \"$id\"}" | jq -r '.steps[].step' | xargs)" "build build@2 build@3"
is "$(sidestep call step.get "{\"run\": \"$id\", \"step\": \"build@3\"}" | jq -r '.output.produces[0].sha256')" "$(sha256sum <"$id made" | cut -d' ' -f1)"
# The program takes the record, and the record of the program is taken.
eval "$(sidestep start "$id")"
is "$(sidestep step build --produces "$id made" -- false)" built
rm "$id made"
sidestep step build --produces "$id made" --produces "$id-b" -- sh -c 'echo 4 >"$1 made"; echo built' sh "$id" 2>/dev/null >&2
is "$($shell -c '. "$CLIENT"; sidestep_step --produces "$1 made" build false' x "$id" 2>error)" built
status 1 $shell -c '. "$CLIENT"; sidestep_step --produces "no \"such\" file" none true' 2>error
has "$(cat error)" 'did not make '"$PWD"'/no "such" file'
rm "$id-b"
sidestep step pay --at-most-once --produces "$id-b" -- touch "$id-b"
rm "$id-b"
status 70 $shell -c '. "$CLIENT"; sidestep_step --at-most-once --produces "$1-b" pay touch "$1-b"' x "$id" 2>error
has "$(cat error)" step_mismatch
[ ! -e "$id-b" ]
C
done
