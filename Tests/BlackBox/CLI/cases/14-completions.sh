# What shells offer while a line is being typed; in each shell that is here.
# shellcheck shell=bash disable=SC2016

helpers=$helpers'
# offers LINE: what sidestep says may stand at its end.
offers() { sidestep completions bash --line "$1" | cut -f1; }
known() {
    bash -c "eval \"\$(sidestep start $run-a --workflow flow-$run)\"; sidestep step fetch -- true; sidestep step convert:b -- true; sidestep step \"two words\" -- true"
}
'

check "commands, options and their values come from the tables of the help" <<'C'
has " $(offers 'sidestep ' | xargs) " " each wait "
is "$(offers 'sidestep ea')" each
is "$(offers 'sidestep step a --prod')" --produces
is "$(offers 'sidestep start --if-closed re' | xargs)" "return retry rerun"
is "$(offers 'sidestep schedule tr')" trigger
is "$(offers 'sidestep supervis')" ""
has "$(sidestep completions fish --line 'sidestep torture --fi')" "--file	A file that the program writes"
# Another program's words, and values that are files, are not ours.
is "$(offers 'sidestep step a -- --json')$(offers 'sidestep step a --status-file ')" ""
C

check "runs, their steps and workflows are asked of the daemon" <<'C'
known
is "$(offers "sidestep show $run" | xargs)" "$run-a"
is "$(offers "sidestep resolve $run-a " | sort | xargs)" "convert:b fetch two words"
is "$(offers "sidestep resolve '$run-a' con")" "convert:b"
is "$(SIDESTEP_RUN=$run-a offers 'sidestep step fe')" fetch
is "$(offers "sidestep fork $run-a --step fe")" fetch
is "$(offers "sidestep ps --workflow flow-$run")" "flow-$run"
C

check "where no daemon answers names are not offered, nothing is said and none is started" <<'C'
is "$(SIDESTEP_SOCKET=$PWD/nobody SIDESTEP_AUTOSTART=1 sidestep completions zsh --line 'sidestep show ' 2>&1)" ""
[ ! -e nobody ]
is "$(SIDESTEP_SOCKET=$PWD/nobody offers 'sidestep las')" last
C

check "completions work in bash" <<'C'
known
cat >try <<'S'
. <(sidestep completions bash)
# As readline calls it: the words, and the part after the last break.
try() {
    COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
    _sidestep sidestep "$2" ""
    printf '%s\n' "${COMPREPLY[@]}"
}
S
bash -euc '. ./try; try "sidestep ea" ea' >out; is "$(cat out)" each
bash -euc '. ./try; try "sidestep show $1-" "$1-"' bash "$run" >out; is "$(cat out)" "$run-a"
bash -euc '. ./try; try "sidestep resolve $1-a two" two' bash "$run" >out; is "$(cat out)" 'two\ words'
bash -euc '. ./try; try "sidestep resolve $1-a convert:" ""' bash "$run" >out; is "$(cat out)" b
has "$(bash -c '. ./try; complete -p sidestep')" "-F _sidestep sidestep"
C

if command -v zsh >/dev/null; then
    check "completions work in zsh" <<'C'
known
cat >try.zsh <<'S'
zmodload zsh/zpty
# What is typed while its editor does not have the terminal may be lost: each line waits for a prompt of its own, which
# the echo of what is typed does not hold.
zpty z "PS1='o''ne> ' zsh -f -i"
zpty -r z out '*one> *'
zpty -w z "unset zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; . <(sidestep completions zsh); PS1='t''wo> '"
zpty -r z out '*two> *'
zpty -w z 'report() { print -r -- "typed<$BUFFER>" }; zle -N report; bindkey "^T" report; PS1="th""ree> "'
zpty -r z out '*three> *'
for line in "$@"; do
    zpty -w -n z "$line"$'\t\C-t\C-u'
    zpty -r z out '*typed<*>*'
    out=${out##*typed<}
    print -r -- "${out%%>*}"
done
zpty -d z
S
is "$(timeout 240 zsh -f try.zsh 'sidestep ea' "sidestep show $run" "sidestep resolve $run-a conv" "sidestep resolve $run-a two" </dev/null)" \
    "sidestep each 
sidestep show $run-a 
sidestep resolve $run-a convert:b 
sidestep resolve $run-a two\\ words "
C
else
    echo "zsh is not here: its completions are not tested"
fi

if command -v fish >/dev/null; then
    check "completions work in fish" <<'C'
known
try() { timeout 60 fish --no-config -c 'sidestep completions fish | source; complete -C $argv[1]' "$1" | cut -f1; }
is "$(try 'sidestep ea')" each
is "$(try "sidestep show $run")" "$run-a"
is "$(try "sidestep resolve $run-a ")" "convert:b
fetch
two words"
touch "file-$run"
has "$(try "sidestep backup file-")" "file-$run"
C
else
    echo "fish is not here: its completions are not tested"
fi
