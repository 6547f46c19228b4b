# Runs: opened, gone on with, and written for.

# sidestep_start [ID] [--workflow W] [--input JSON] [--if-closed HOW] [--if-owned HOW] [--wait MS] [--retry JSON]
#     [--orphan end|wait|fail]
#
# Opens a run, or comes back to it. The script owns it: it is let go when the script's process ends. Opened again
# after a failure it keeps finished steps and forgets failed ones. A completed run stays closed: SIDESTEP_LEASE is
# empty then, and steps only repeat what was recorded. What a step of an earlier execution left working is ended,
# waited for, or refused with status 75. In `sidestep run` and `sidestep torture` the script joins their run.
sidestep_start() {
    _sidestep_params='' _sidestep_closed=retry _sidestep_orphan=end _sidestep_id=''
    case ${1-} in
    '' | --*) ;;
    *)
        _sidestep_id=$1
        _sidestep_params=",\"run\":$(_sidestep_quote "$1")" || return
        shift
        ;;
    esac
    while [ $# -gt 1 ]; do
        case $1 in
        --workflow) _sidestep_params="$_sidestep_params,\"workflow\":$(_sidestep_quote "$2")" || return ;;
        --input) _sidestep_params="$_sidestep_params,\"input\":$2" ;;
        --if-closed) _sidestep_closed=$2 ;;
        --if-owned) _sidestep_params="$_sidestep_params,\"if_owned\":\"$2\"" ;;
        --wait) _sidestep_params="$_sidestep_params,\"wait_ms\":$2" ;;
        --retry) _sidestep_params="$_sidestep_params,\"retry\":$2" ;;
        --orphan) _sidestep_orphan=$2 ;;
        *) break ;;
        esac
        shift 2
    done
    case $#:$_sidestep_orphan in
    0:end | 0:wait | 0:fail) ;;
    *)
        _sidestep_complain "sidestep_start: what is ${1-$_sidestep_orphan}?"
        return 64
        ;;
    esac
    _sidestep_params="\"if_closed\":\"$_sidestep_closed\"$_sidestep_params,\"steps\":\"none\"}"
    _sidestep_params="{\"owner\":\"process\",\"owner_pid\":$$,$(_sidestep_trace)$_sidestep_params"
    if [ -n "${SIDESTEP_SUPERVISED-}" ] && [ -n "${SIDESTEP_RUN-}" ]; then
        _sidestep_join || return
    else
        _sidestep_open || return
    fi
    export SIDESTEP_RUN SIDESTEP_LEASE SIDESTEP_SOCKET
    unset SIDESTEP_STEP SIDESTEP_IDEMPOTENCY_KEY SIDESTEP_SUPERVISED
    # The names of the steps so far. In a file, because a step in $(…) is called in a subshell; deleted while it is
    # open, so that nothing stays behind when the script is killed.
    _sidestep_file=$(mktemp "${TMPDIR:-/tmp}/sidestep-names.XXXXXX") || return 70
    exec 7<>"$_sidestep_file"
    rm -f "$_sidestep_file"
    _sidestep_names=/proc/$$/fd/7
}

# Prints the member that says where in a trace the script is, as whoever called it has told: W3C Trace Context. What is
# no place in a trace is nothing.
_sidestep_trace() {
    case ${TRACEPARENT-} in
    *[!0-9a-f-]* | ff-* | ??-00000000000000000000000000000000-* | ??-*-0000000000000000-??) ;;
    ??-????????????????????????????????-????????????????-??) printf '"traceparent":"%s",' "$TRACEPARENT" ;;
    esac
}

# The run that `sidestep run` or `sidestep torture` has opened for this script is the script's; what it calls it is the
# affair of torture's rounds.
_sidestep_join() {
    if [ -n "${SIDESTEP_STEP-}" ]; then
        set -- "a step of run $SIDESTEP_RUN opens a run of its own"
    elif [ "$SIDESTEP_SUPERVISED" != torture ] && [ "${_sidestep_id:-$SIDESTEP_RUN}" != "$SIDESTEP_RUN" ]; then
        set -- "\`sidestep run\` has opened run $SIDESTEP_RUN for this script, which asks for $_sidestep_id"
    else
        SIDESTEP_LEASE=${SIDESTEP_LEASE-}
        return
    fi
    _sidestep_complain "$1 [invalid_argument]" "give both the same id (sidestep run --id ID), $(:
    )or let it be a run apart: unset SIDESTEP_SUPERVISED before sidestep_start"
    return 64
}

_sidestep_open() {
    _sidestep_resume || return
    [ -n "$SIDESTEP_LEASE" ] && [ "$_sidestep_created" = false ] || return 0
    _sidestep_settle_left || {
        set -- $?
        sidestep_release
        return "$1"
    }
    [ "$_sidestep_closed" = retry ] || return 0
    _sidestep_must step.list "$(_sidestep_of_run),\"status\":\"failed\",\"limit\":1}" || return
    case $sidestep_result in '{"steps":[]'*) return 0 ;; esac
    # The script ended after a step of it had failed. That is a failed run, and a failed run is opened again.
    _sidestep_error='{"type":"exit","message":"the script ended after a failed step"}'
    _sidestep_must run.fail "{\"lease\":\"$SIDESTEP_LEASE\",\"retryable\":false,\"error\":$_sidestep_error}" || return
    _sidestep_resume
}

# What was recorded each step asks for by itself: none of it comes with the run.
_sidestep_resume() {
    _sidestep_must resume "$_sidestep_params" || return
    _sidestep_read "$sidestep_result" 'select(.run.id | type == "string") |
        @sh "SIDESTEP_RUN=\(.run.id) SIDESTEP_LEASE=\(.lease // "")
            _sidestep_uid_of_run=\(.run.uid) _sidestep_created=\(.created)"'
}

# Prints the beginning of an object that names the run.
_sidestep_of_run() {
    printf '{"run":%s' "$(_sidestep_quote "$SIDESTEP_RUN")"
}

# Whether the script's run had ended before the script began. Steps then repeat what was recorded, and what would be
# written is not: it was written the first time.
_sidestep_is_over() {
    [ -n "${SIDESTEP_RUN-}" ] && [ -z "${SIDESTEP_LEASE-}" ]
}

# Prints the beginning of an object that acts for the run.
_sidestep_for_run() {
    if [ -z "${SIDESTEP_RUN-}" ]; then
        _sidestep_complain "there is no run" "put this before it: sidestep_start my-run"
        return 64
    elif [ -z "${SIDESTEP_LEASE-}" ]; then
        _sidestep_complain "the run $SIDESTEP_RUN has ended [run_closed]" \
            "to begin it again: sidestep_start $SIDESTEP_RUN --if-closed rerun"
        return 70
    fi
    printf '{"lease":"%s"' "$SIDESTEP_LEASE"
}

# _sidestep_write METHOD MEMBERS: what the owner writes for the run; nothing when the run had ended before.
_sidestep_write() {
    _sidestep_is_over && return 0
    _sidestep_params=$(_sidestep_for_run) || return
    _sidestep_must "$1" "$_sidestep_params${2:+,$2}}"
}
