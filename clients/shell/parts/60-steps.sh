# Steps: a command or function, once in the life of the run.

# sidestep_step [--retry N|JSON] [--at-most-once] [--accept N,N] [--stdin none|inherit|record] [--output-limit BYTES]
#     [--status-file FILE] [--produces FILE]… NAME COMMAND…: runs a command or function once in the life of the run.
#
# What --produces names is the result: when a file is missing or has another content, the step runs again, as NAME@2.
# Its standard output is recorded and printed again when the step is repeated. The second step of a name is NAME#2;
# a step within step OUTER is OUTER/NAME. In its environment: SIDESTEP_STEP, SIDESTEP_IDEMPOTENCY_KEY.
sidestep_step() (
    # Large texts are not to be in the environment of every program that is started; the command gets the script's own
    # flags.
    _sidestep_flags=$-
    set +ae
    unset sidestep_result sidestep_failure _sidestep_reply _sidestep_words _sidestep_text _sidestep_encoded \
        _sidestep_recorded _sidestep_params_of_attempt
    _sidestep_options='' _sidestep_live=1 _sidestep_accepted='' _sidestep_stdin='' _sidestep_limit=8388608
    _sidestep_tell='' _sidestep_input='' _sidestep_files='' _sidestep_produced='' sidestep_error=''
    while :; do
        case ${1-} in
        --at-most-once)
            _sidestep_options="$_sidestep_options,\"at_most_once\":true"
            shift
            ;;
        --)
            shift
            break
            ;;
        -*)
            [ $# -gt 1 ] || _sidestep_misuse "what is $1?"
            _sidestep_option "$1" "$2"
            shift 2
            ;;
        *) break ;;
        esac
    done
    [ $# -ge 2 ] || _sidestep_misuse "a name and a command are needed"
    trap 'rm -f "$_sidestep_output" "$_sidestep_input"' EXIT
    _sidestep_output=$(mktemp "${TMPDIR:-/tmp}/sidestep-output.XXXXXX") || _sidestep_leave sidestep 70
    [ "$_sidestep_stdin" != record ] || _sidestep_record_input
    ! _sidestep_is_over || _sidestep_repeat_closed "$1"
    _sidestep_name "$1" || _sidestep_leave sidestep $?
    shift
    [ -z "$_sidestep_files" ] || _sidestep_choose_making
    _sidestep_params="$(_sidestep_for_run)" || _sidestep_leave sidestep $? "$([ -z "${SIDESTEP_RUN-}" ] || echo run_closed)"
    _sidestep_params="$_sidestep_params,\"step\":$_sidestep_quoted"
    while :; do
        _sidestep_begin
        _sidestep_attempt "$@"
    done
)

_sidestep_option() {
    case $1:$2 in
    --retry:?*)
        _sidestep_options="$_sidestep_options,\"retry\":$(_sidestep_policy "$2")"
        [ -t 1 ] || _sidestep_live=''
        ;;
    --accept:*[!0-9,]* | --output-limit:*[!0-9]* | *:) _sidestep_misuse "$1 cannot be $2" ;;
    --accept:*) _sidestep_accepted=$2 ;;
    --output-limit:*) _sidestep_limit=$2 ;;
    --stdin:none | --stdin:inherit | --stdin:record) _sidestep_stdin=$2 ;;
    --status-file:*) _sidestep_tell=$2 ;;
    --produces:*[[:cntrl:]]*) _sidestep_misuse "--produces takes names without newlines" ;;
    --produces:/*) _sidestep_files="$_sidestep_files$2$_sidestep_newline" ;;
    --produces:*) _sidestep_files="$_sidestep_files$(pwd -P)/$2$_sidestep_newline" ;;
    *) _sidestep_misuse "what is $1 $2?" ;;
    esac
}

# A number of attempts becomes a policy.
_sidestep_policy() {
    case $1 in
    *[!0-9]*) printf '%s' "$1" ;;
    *) printf '{"max_attempts":%s}' "$1" ;;
    esac
}

# Ends a step that was called in a wrong way.
_sidestep_misuse() {
    _sidestep_complain "sidestep_step: $1" "sidestep_step [--retry N] [--at-most-once] NAME COMMAND…"
    _sidestep_leave sidestep 64 invalid_argument
}

# _sidestep_leave WHOSE STATUS [KIND]: ends the step, and says whose the status is.
_sidestep_leave() {
    [ "$1:$2:${3-}" != sidestep:64: ] || set -- "$1" 64 invalid_argument
    [ -z "$_sidestep_tell" ] || printf '%s\n' "$1 $2${3:+ $3}" >"$_sidestep_tell"
    exit "$2"
}

# All of the input, so that what is read after the step is the same when it is repeated; another one is another step.
_sidestep_record_input() {
    _sidestep_input=$(mktemp "${TMPDIR:-/tmp}/sidestep-input.XXXXXX") || _sidestep_leave sidestep 70
    cat >"$_sidestep_input" || _sidestep_leave sidestep 70
    if [ "$(wc -c <"$_sidestep_input")" -gt 8388608 ]; then
        _sidestep_complain "standard input is longer than the 8388608 bytes that are recorded [payload_too_large]"
        _sidestep_leave sidestep 70 payload_too_large
    fi
    _sidestep_sum=$(sha256sum <"$_sidestep_input") || _sidestep_leave sidestep 70
    _sidestep_text=$(_sidestep_quote_file "$_sidestep_input" stdin) || _sidestep_leave sidestep 70
    _sidestep_options="$_sidestep_options,\"fingerprint\":\"stdin:${_sidestep_sum%% *}\",\"metadata\":{$_sidestep_text}"
}
