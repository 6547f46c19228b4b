# Commands: how one is executed.

# Runs the command with its output into a file, shown live unless the step may be tried again: of a retried step only
# the last attempt's output counts, as it does when the step is repeated later.
_sidestep_execute() {
    export SIDESTEP_STEP="$_sidestep_step" SIDESTEP_IDEMPOTENCY_KEY
    [ -z "${TRACEPARENT-}" ] || export TRACEPARENT
    _sidestep_marking=$(mktemp "${TMPDIR:-/tmp}/sidestep-$_sidestep_mark.XXXXXX") || _sidestep_leave sidestep 70
    if [ -z "$_sidestep_live" ]; then
        (_sidestep_body "$@") >"$_sidestep_output" 7<"$_sidestep_marking"
        _sidestep_code=$?
        return 0
    fi
    # The status goes round the pipe on descriptor 3. Whether all of the output is kept tee says: a reader that goes away
    # is kept from it, for it would end the command.
    exec 4>&1
    _sidestep_code=$(
        {
            {
                (_sidestep_body "$@") 3>&- 4>&- 7<"$_sidestep_marking"
                echo $? >&3
            } | { tee "$_sidestep_output" 3>&- || echo lost >&3; } | (trap '' PIPE; cat >&4 || cat >/dev/null) 2>/dev/null 3>&-
        } 3>&1
    )
    case $_sidestep_code in
    *lost)
        _sidestep_complain "step $_sidestep_step: what the command printed could not be kept, and is not recorded" \
            "it is run again by the next start; is there space in ${TMPDIR:-/tmp}?"
        _sidestep_leave sidestep 70
        ;;
    esac
}

# The command, marked and under the flags of the script. Not in a condition, where `set -e` would not hold in a function.
_sidestep_body() {
    rm -f "$_sidestep_marking"
    export SIDESTEP_EXECUTION="${SIDESTEP_EXECUTION:+$SIDESTEP_EXECUTION/}$_sidestep_mark"
    if [ -n "$_sidestep_input" ]; then
        exec <"$_sidestep_input"
    elif [ "$_sidestep_stdin" = none ] || { [ -z "$_sidestep_stdin" ] && _sidestep_shares_input; }; then
        exec </dev/null
    fi
    case $_sidestep_flags in *a*) set -a ;; esac
    case $_sidestep_flags in *e*) set -e ;; esac
    "$@"
}

# Whether standard input is a file that the script has begun to read: the lines of a loop, which the command would eat, and
# which it does not eat when it is repeated. Of a pipe it cannot be told: a here-document of the step is one.
_sidestep_shares_input() {
    [ -f /proc/self/fd/0 ] &&
        [ "$(stat -L -c %d:%i /proc/self/fd/0)" = "$(stat -L -c %d:%i "/proc/$$/fd/0")" ] &&
        ! grep -q '^pos:[[:space:]]*0$' /proc/self/fdinfo/0
}
