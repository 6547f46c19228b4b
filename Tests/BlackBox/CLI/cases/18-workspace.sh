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

check "fork --workspace: the fork begins with what the run began with, in a folder of its own" <<'C'
echo first >"$run-dir/notes"
sidestep run --id "$run" --workspace "$run-dir" -- sh "$run-fails" 2>/dev/null
is "$(sidestep fork "$run" --id "$run-f" --workspace-at start --workspace "$run-copy" 2>said)" "$run-f"
has "$(cat said)" "sidestep run --id $run-f --workspace $run-copy"
is "$(cat "$run-copy/notes")" first
is "$(sidestep workspace "$run-f" list --json | jq -r '.directory, .kept[].name' | xargs)" "$PWD/$run-copy start"
echo mine >"$run-copy/notes"
sidestep run --id "$run-f" --allow-change --workspace "$run-copy" -- sh -c "echo more >>$run-copy/notes" 2>said
is "$(cat "$run-copy/notes")" "first
more"
has "$(cat said)" "what was there is kept as \`end-1\`"
is "$(cat "$run-dir/notes")" "first
more"
C

check "fork --workspace: what cannot be is refused before there is a fork, and who leaves it out is told" <<'C'
sidestep run --id "$run" --workspace "$run-dir" -- true 2>/dev/null
status 64 sidestep fork "$run" --workspace "$run-copy" --id "$run-f" 2>error
has "$(cat error)" "--workspace-at start"
status 64 sidestep fork "$run" --recording 2 --workspace "$run-copy" --id "$run-f" 2>error
has "$(cat error)" "is not kept as \`call-2\`"
has "$(cat error)" "--workspace-at calls"
mkdir "$run-full"; touch "$run-full/a"
status 64 sidestep fork "$run" --workspace-at start --workspace "$run-full" --id "$run-f" 2>error
has "$(cat error)" "is not empty"
status 70 sidestep show "$run-f" 2>/dev/null
is "$(sidestep fork "$run" --id "$run-f" 2>said)" "$run-f"
has "$(cat said)" "sidestep fork $run --id $run-f --workspace DIR --workspace-at start"
sidestep fork "$run" --id "$run-f" --workspace "$run-copy" --workspace-at start 2>/dev/null
status 64 sidestep fork "$run" --id "$run-f" --workspace "$run-copy-2" --workspace-at start 2>error
has "$(cat error)" "has its workspace: $PWD/$run-copy"
sidestep run --id "$run-bare" -- true
status 64 sidestep fork "$run-bare" --workspace "$run-copy-3" --workspace-at start 2>error
has "$(cat error)" "has no workspace here"
sidestep fork "$run-bare" 2>said >/dev/null
is "$(cat said)" ""
C

check "workspace forget: what is named goes, with what nobody else needs, and nothing else" <<'C'
echo first >"$run-dir/notes"
sidestep run --id "$run" --workspace "$run-dir" -- sh "$run-fails" 2>/dev/null
has " $(sidestep completions bash --line "sidestep workspace $run forget " | cut -f1 | xargs) " " start end-1 "
status 64 sidestep workspace "$run" forget '*' 2>error
has "$(cat error)" "no tree of a call matches"
status 64 sidestep workspace "$run" forget end-2 2>error
has "$(cat error)" "there is: start, end-1"
is "$(sidestep workspace "$run" forget end-1 --json | jq -c '.forgotten, .contents')" '["end-1"]
1'
is "$(sidestep workspace "$run" list --json | jq -r '.kept[].name')" start
sidestep workspace "$run" restore start >/dev/null
is "$(cat "$run-dir/notes")" first
C

check "workspace: what a run kept that was removed is still there by its name, until it is forgotten" <<'C'
echo first >"$run-dir/notes"
sidestep run --id "$run" --workspace "$run-dir" -- true 2>/dev/null
sidestep delete "$run" >/dev/null
has "$(sidestep workspace "$run")" start
rm -r "$run-dir/notes"
sidestep workspace "$run" restore start >/dev/null
is "$(cat "$run-dir/notes")" first
has "$(sidestep workspace "$run" forget start before-restore-1)" "1 content that no other tree needs"
has "$(sidestep workspace "$run")" "Nothing is kept."
C

check "run --workspace --detach: the daemon's supervisor sets the folder back as well" <<'C'
echo first >"$run-dir/notes"
sidestep run --id "$run" --detach --workspace "$run-dir" -- sh "$run-fails" >/dev/null
comes shows completed sidestep show "$run"
is "$(cat "$run-dir/notes")" "first
more"
C

helpers=$helpers_before_workspace
