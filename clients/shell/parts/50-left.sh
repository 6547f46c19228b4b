# Left working: the command of a killed script.
#
# A killed script does not take the command of its step along, which would work beside the next attempt. It is known by
# its mark: a word in SIDESTEP_EXECUTION, as with all clients, and, since a function is a copy of the shell and has no
# environment of its own, the name of a file that is open as descriptor 7.

# Prints the beginning of the words of a step's attempts: by its idempotency key.
_sidestep_word() {
    set -- "$(printf '%s' "$1" | sha256sum)"
    [ -n "$1" ] && printf 'step-%.24s-' "$1"
}

# Sees to what the steps without a result left working; finished ones may have left something on purpose.
_sidestep_settle_left() {
    _sidestep_words_left=''
    for _sidestep_status_left in backoff unknown; do
        _sidestep_must step.list "$(_sidestep_of_run),\"status\":\"$_sidestep_status_left\"}" || return
        case $sidestep_result in '{"steps":[]'*) continue ;; esac
        _sidestep_read "$sidestep_result" '"_sidestep_left=\([.steps[].step] | @sh | @sh)"' || return
        eval "set -- $_sidestep_left"
        for _sidestep_one; do
            _sidestep_words_left="$_sidestep_words_left|$(_sidestep_word "$_sidestep_uid_of_run/$_sidestep_one")" || return
        done
    done
    [ -z "$_sidestep_words_left" ] || _sidestep_settle "${_sidestep_words_left#|}" "$_sidestep_orphan"
}

# Prints the processes that are marked with one of the words (WORD|WORD…), each on a line.
_sidestep_marked() {
    grep -alE "SIDESTEP_EXECUTION=[^=]*($1)" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
    for _sidestep_one in /proc/[0-9]*; do
        [ -h "$_sidestep_one/fd/7" ] || continue
        ! readlink "$_sidestep_one/fd/7" | grep -qE "/sidestep-($1)" || echo "${_sidestep_one#/proc/}"
    done
}

_sidestep_orphans() {
    _sidestep_marked "$1" | sort -un | grep -vx "$$"
}

# _sidestep_settle WORDS HOW: ends what is marked so (SIGTERM, after five seconds SIGKILL), waits for it, or refuses.
_sidestep_settle() {
    _sidestep_left=$(_sidestep_orphans "$1") || return 0
    _sidestep_told=$(printf '%s' "$_sidestep_left" | tr '\n' ' ')
    case $2 in
    end)
        _sidestep_complain "ending processes that an earlier execution left behind: $_sidestep_told"
        _sidestep_signal_left TERM
        _sidestep_gone "$1" 50 && return
        _sidestep_signal_left KILL
        _sidestep_gone "$1" 50 && return
        ;;
    wait)
        _sidestep_complain "waiting for processes of an earlier execution: $_sidestep_told"
        until _sidestep_gone "$1" 50; do :; done
        return 0
        ;;
    esac
    _sidestep_complain "processes of an earlier execution still work: ${_sidestep_told}[run_owned]" \
        "end them, or give --orphan end; --orphan wait waits for them"
    return 75
}

_sidestep_signal_left() {
    printf '%s\n' "$_sidestep_left" | while read -r _sidestep_one; do kill -s "$1" "$_sidestep_one" 2>/dev/null; done || :
}

# _sidestep_gone WORDS N: looks as often, ten times a second, whether nothing is left.
_sidestep_gone() {
    _sidestep_tries=0
    while _sidestep_left=$(_sidestep_orphans "$1"); do
        _sidestep_tries=$((_sidestep_tries + 1))
        [ "$_sidestep_tries" -lt "$2" ] || return
        sleep 0.1
    done
}
