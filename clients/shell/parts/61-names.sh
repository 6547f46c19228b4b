# Names of steps: counted within the step around them.

# Sets _sidestep_step to the name that the next step called NAME has in the journal, and notes it. It is noted as JSON,
# _sidestep_quoted, in which a newline is none.
_sidestep_name() {
    _sidestep_base="${SIDESTEP_STEP:+$SIDESTEP_STEP/}$1"
    _sidestep_step=$_sidestep_base
    _sidestep_quoted=$(_sidestep_quote "$_sidestep_base") || return
    [ -f "${_sidestep_names-}" ] || return 0
    _sidestep_count=1 _sidestep_stem=${_sidestep_quoted%\"}
    while grep -qxF -e "$_sidestep_quoted" "$_sidestep_names"; do
        _sidestep_count=$((_sidestep_count + 1))
        _sidestep_step="$_sidestep_base#$_sidestep_count"
        _sidestep_quoted="$_sidestep_stem#$_sidestep_count\""
    done
    printf '%s\n' "$_sidestep_quoted" >>"$_sidestep_names"
}

# Forgets the names within this step: its body is executed once more, and counts from the start.
_sidestep_forget_inner() {
    [ -f "${_sidestep_names-}" ] || return 0
    _sidestep_kept=$(scope="${_sidestep_quoted%\"}/" awk 'index($0, ENVIRON["scope"]) != 1' "$_sidestep_names")
    printf '%s\n' "$_sidestep_kept" >"$_sidestep_names"
}
