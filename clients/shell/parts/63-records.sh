# Records: whether a step must run, and what it printed before.

# A filter of jq: of a record the text to print, and the status. Bytes that no variable can hold are in base 64. Steps of
# other clients have no stdout: their JSON is printed.
# shellcheck disable=SC2016  # for jq
_sidestep_of_record='
    def record:
        if type == "object" and (has("exit") or has("type")) then
            {text: (.stdout // ""), encoded: (.stdout_base64 // ""), whose: "command",
                exit: (.type as $type | .exit | if type == "number" then . elif $type == "timeout" then 124 else 1 end)}
            + if .type == "timeout" or .type == "output_limit" then {whose: .type} else {} end
        else {text: ((if type == "string" then . else tojson end) + "\n"), encoded: "", whose: "command", exit: 0} end
        | if .text | index("\u0000") then .encoded = (.text | @base64) | .text = "" else . end
        | @sh "_sidestep_text=\(.text) _sidestep_encoded=\(.encoded) _sidestep_whose=\(.whose) _sidestep_code=\(.exit)";'

# Asks whether the step must run. Ends the program of the step when it has a result, or when nobody said that it is to
# be executed.
_sidestep_begin() {
    _sidestep_begun=''
    _sidestep_send run-step "$_sidestep_params,\"client\":true$_sidestep_options}" || _sidestep_refused $?
    _sidestep_read "$sidestep_result" "$_sidestep_of_record"'
        if .status == "completed" then "_sidestep_begun=completed " + (.output | record)
        else @sh "_sidestep_begun=\(.status) _sidestep_number=\(.attempt)
            _sidestep_delay=\(.delay_ms // 0) SIDESTEP_IDEMPOTENCY_KEY=\(.idempotency_key // "")
            TRACEPARENT=\(.traceparent // env.TRACEPARENT // "")" end' || _sidestep_leave sidestep 70
    case $_sidestep_begun in
    completed) _sidestep_repeat ;;
    execute) _sidestep_pause "$_sidestep_delay" ;;
    *)
        _sidestep_complain "an answer of the daemon cannot be read: it says \`$_sidestep_begun\`"
        _sidestep_leave sidestep 70
        ;;
    esac
}

# The step may not run: it has failed for good, or there is an error.
_sidestep_refused() {
    if [ "$sidestep_error" = step_failed ] && [ -n "$sidestep_failure" ]; then
        _sidestep_read "$sidestep_failure" "$_sidestep_of_record record" || _sidestep_leave sidestep 70
        _sidestep_repeat
    fi
    _sidestep_say_error
    _sidestep_leave sidestep "$1" "$sidestep_error"
}

_sidestep_pause() {
    [ "$1" = 0 ] || sleep "$(awk -v ms="$1" 'BEGIN { printf "%.3f", ms / 1000 }')"
}

# Prints what was recorded and ends with the recorded status.
_sidestep_repeat() {
    printf '%s' "$_sidestep_text"
    if [ -n "$_sidestep_encoded" ] && ! printf '%s\n' "$_sidestep_encoded" | base64 -d; then
        _sidestep_complain "the recorded output cannot be read"
        _sidestep_leave sidestep 70
    fi
    _sidestep_leave "$_sidestep_whose" "$_sidestep_code"
}

# The run has ended: what it recorded can still be repeated.
_sidestep_repeat_closed() {
    _sidestep_name "$1" || _sidestep_leave sidestep $?
    _sidestep_send step.get "$(_sidestep_of_run),\"step\":$_sidestep_quoted}" || {
        set -- $?
        # No such step: what follows says that the run has ended.
        [ "$sidestep_error" != invalid_argument ] || return 0
        _sidestep_say_error
        _sidestep_leave sidestep "$1" "$sidestep_error"
    }
    _sidestep_text='' _sidestep_encoded='' _sidestep_code=''
    _sidestep_read "$sidestep_result" "$_sidestep_of_record"'
        if .status == "completed" then .output | record elif .status == "failed" then .error | record
        else "_sidestep_code=" end' || _sidestep_leave sidestep 70
    [ -z "$_sidestep_code" ] || _sidestep_repeat
}
