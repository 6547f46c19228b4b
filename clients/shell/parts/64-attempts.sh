# Attempts: the command runs once, and its end is recorded.

# Runs the command once and records how it ended. Ends the step unless there is another attempt.
_sidestep_attempt() {
    _sidestep_mark=$(_sidestep_word "$SIDESTEP_IDEMPOTENCY_KEY") || _sidestep_leave sidestep 70
    # The attempt before may have lost its script, and not have ended with it.
    [ "$_sidestep_number" = 1 ] || _sidestep_settle "$_sidestep_mark" end || _sidestep_leave sidestep $? run_owned
    _sidestep_mark=$_sidestep_mark$_sidestep_number
    _sidestep_forget_inner
    _sidestep_execute "$@"
    _sidestep_classify
    if ! _sidestep_report || [ "$_sidestep_again" != true ]; then _sidestep_end; fi
    _sidestep_complain "step $_sidestep_step: exit status $_sidestep_code; again in $_sidestep_delay ms"
    _sidestep_pause "$_sidestep_delay"
}

# Records the end of the attempt, one whose output is too long for the daemon as such. Fails for a success.
_sidestep_report() {
    _sidestep_recorded=$(_sidestep_record_output) || _sidestep_leave sidestep 70
    _sidestep_params_of_attempt="$_sidestep_params,\"attempt\":$_sidestep_number"
    _sidestep_method=step.complete
    if [ -z "$_sidestep_types" ]; then
        _sidestep_params_of_attempt="$_sidestep_params_of_attempt,\"output\":{$_sidestep_recorded}}"
    else
        _sidestep_method=step.fail
        _sidestep_error="\"type\":\"${_sidestep_types##*,}\",\"message\":\"$_sidestep_message\",$_sidestep_recorded"
        _sidestep_recorded="\"types\":[\"$(printf '%s' "$_sidestep_types" | sed 's/,/","/g')\"],\"error\":{$_sidestep_error}"
        _sidestep_params_of_attempt="$_sidestep_params_of_attempt,\"retryable\":$_sidestep_retryable,$_sidestep_recorded}"
    fi
    _sidestep_record "$_sidestep_method" "$_sidestep_params_of_attempt" || {
        set -- $?
        if [ "$sidestep_error" != payload_too_large ] || [ "$_sidestep_whose" = output_limit ]; then
            _sidestep_leave sidestep "$1" "$sidestep_error"
        fi
        _sidestep_exceeded "what the command printed is longer than the daemon takes"
        _sidestep_report
        return
    }
    [ "$_sidestep_method" = step.fail ] || return
    _sidestep_read "$sidestep_result" '@sh "_sidestep_again=\(.retry) _sidestep_delay=\(.delay_ms // 0)"' ||
        _sidestep_leave sidestep 70
}

# What kind of an end it was: _sidestep_types is empty for a success, else the error's types, the least specific last.
_sidestep_classify() {
    _sidestep_types='' _sidestep_message="the command exited with $_sidestep_code" _sidestep_retryable=true
    _sidestep_whose='command'
    if [ "$(wc -c <"$_sidestep_output")" -gt "$_sidestep_limit" ]; then
        _sidestep_exceeded "the command printed more than $_sidestep_limit bytes; let it write a file"
        return
    fi
    case ",0,$_sidestep_accepted," in
    *",$_sidestep_code,"*) [ -z "$_sidestep_files" ] || _sidestep_look_for_files ;;
    *) _sidestep_types="exit:$_sidestep_code,exit" ;;
    esac
}

# Too much output, with a status of its own. A command that succeeded so does it again.
_sidestep_exceeded() {
    _sidestep_complain "step $_sidestep_step: $1"
    [ "$_sidestep_code" != 0 ] || _sidestep_retryable=false
    _sidestep_types=output_limit _sidestep_code=122 _sidestep_whose=output_limit _sidestep_message=$1
}

# Prints the members that hold the output: nothing of one that is too long.
_sidestep_record_output() {
    if [ "$_sidestep_whose" = output_limit ]; then
        printf '"stdout":""'
    else
        _sidestep_quote_file "$_sidestep_output" stdout || return
    fi
    printf ',"exit":%s' "$_sidestep_code"
    [ -n "$_sidestep_types" ] || [ -z "$_sidestep_produced" ] || printf ',"produces":[%s]' "$_sidestep_produced"
}

# _sidestep_quote_file FILE NAME: prints the member NAME with the bytes of a file as text when they survive jq, else
# NAME_base64.
_sidestep_quote_file() {
    if jq -Rsj . <"$1" | cmp -s - "$1"; then
        _sidestep_text=$(jq -Rs . <"$1") && [ -n "$_sidestep_text" ] && printf '"%s":%s' "$2" "$_sidestep_text"
    else
        _sidestep_text=$(base64 -w0 <"$1") && [ -n "$_sidestep_text" ] &&
            printf '"%s_base64":"%s"' "$2" "$_sidestep_text"
    fi || {
        _sidestep_complain "$2 of step ${_sidestep_step-} cannot be recorded"
        return 70
    }
}

_sidestep_end() {
    [ -n "$_sidestep_live" ] || cat "$_sidestep_output"
    _sidestep_leave "$_sidestep_whose" "$_sidestep_code"
}
