# Folders that are set back before a program starts again.
# shellcheck shell=bash disable=SC2016

helpers_before_workspace=$helpers
helpers=$helpers'
export XDG_STATE_HOME=$PWD/$run-state; mkdir -p "$XDG_STATE_HOME" "$run-dir"
# fails: a program that appends, and fails in its first start.
cat >"$run-fails" <<F
echo more >>"$PWD/$run-dir/notes"; [ -e "$PWD/$run-second" ] || { touch "$PWD/$run-second"; exit 1; }
F
'

check "run --workspace: tools that ran before the program failed find what they found the first time" <<'C'
echo first >"$run-dir/notes"
sidestep run --id "$run" --workspace "$run-dir" -- sh "$run-fails" 2>said
is "$(cat "$run-dir/notes")" "first
more"
has "$(cat said)" "kept $PWD/$run-dir as it is"
has "$(cat said)" "what was there is kept as \`end-1\`"
is "$(sidestep workspace "$run" list --json | jq -r '.kept | map(.name) | join(" ")')" "start end-1"
status 1 sidestep workspace "$run" diff end-1 >diff
is "$(cat diff)" "M notes"
C

check "workspace: what was there comes back, and what is there then is kept, too" <<'C'
echo first >"$run-dir/notes"
sidestep run --id "$run" --workspace "$run-dir" -- sh "$run-fails" 2>/dev/null
echo mine >"$run-dir/notes"
has "$(sidestep workspace "$run" restore start)" "before-restore-1"
is "$(cat "$run-dir/notes")" first
sidestep workspace "$run" restore before-restore-1 >/dev/null
is "$(cat "$run-dir/notes")" mine
status 0 sidestep workspace "$run" diff now now
status 1 sidestep workspace "$run" diff now >diff
is "$(cat diff)" "M notes"
C

check "workspace: what is wrong is said, with what to do" <<'C'
status 70 sidestep workspace nobody-knows list 2>error
has "$(cat error)" "nobody-knows"
sidestep run --id "$run" -- true
status 64 sidestep workspace "$run" list 2>error
has "$(cat error)" "sidestep run --workspace DIR"
status 125 sidestep run --id "$run-missing" --workspace "$run-none" -- true 2>error
has "$(cat error)" "No such file"
head -c 5000 /dev/zero >"$run-dir/large"
status 125 sidestep run --id "$run-large" --workspace "$run-dir" --workspace-limit 4K -- touch "$run-dir/ran" 2>error
has "$(cat error)" ".sidestepignore"
[ ! -e "$run-dir/ran" ]
status 125 sidestep run --id "$run-all" --workspace / -- true 2>error
has "$(cat error)" "name the folder"
status 125 sidestep run --id "$run-database" --workspace "$PWD" -- true 2>error
has "$(cat error)" "database"
C

check "run --workspace --detach: the daemon's supervisor sets the folder back as well" <<'C'
echo first >"$run-dir/notes"
sidestep run --id "$run" --detach --workspace "$run-dir" -- sh "$run-fails" >/dev/null
comes shows completed sidestep show "$run"
is "$(cat "$run-dir/notes")" "first
more"
C

helpers=$helpers_before_workspace
