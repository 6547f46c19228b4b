# Ends: a run is finished, failed, or given back.

# sidestep_finish [--despite-failures] [OUTPUT]: records the run as completed. Refused while a step of this execution has
# failed, and no step around it has succeeded: a script without `set -e` goes on after a failure.
sidestep_finish() {
    if _sidestep_is_over; then return 0; fi
    case ${1-} in
    --despite-failures) shift ;;
    --*)
        _sidestep_complain "sidestep_finish: what is $1?"
        return 64
        ;;
    *) _sidestep_has_no_failures || return ;;
    esac
    _sidestep_write run.complete "${1:+\"output\":$1}" || return
    SIDESTEP_LEASE=''
}

# The names of the failed steps, each with those of the steps that it may be within: a and a/b of a/b/c.
# shellcheck disable=SC2016  # for jq
_sidestep_has_no_failures() {
    _sidestep_for_run >/dev/null || return
    _sidestep_must step.list "$(_sidestep_of_run),\"status\":\"failed\"}" || return
    case $sidestep_result in '{"steps":[]'*) return 0 ;; esac
    _sidestep_read "$sidestep_result" '[.steps[].step | split("/") as $parts | range(1; $parts | length + 1) as $n |
        $parts[:$n] | join("/") | select(. != "") | if $n == ($parts | length) then "=" + . else "<" + . end]
        | "_sidestep_failed=\(@sh | @sh)"' || return
    _sidestep_answered=''
    eval "set -- $_sidestep_failed"
    for _sidestep_one; do
        case $_sidestep_one in
        \<*)
            _sidestep_send step.get "$(_sidestep_of_run),\"step\":$(_sidestep_quote "${_sidestep_one#<}")}" || :
            case $sidestep_result in *'"status":"completed"'*) _sidestep_answered=1 ;; esac
            ;;
        *)
            if [ -z "$_sidestep_answered" ]; then
                _sidestep_complain "run $SIDESTEP_RUN is not finished: step ${_sidestep_one#=} has failed [step_failed]" \
                    "\`set -e\` ends a script at a step that fails; $(:
                    )sidestep_step --accept 1 takes a status as a result; sidestep_finish --despite-failures finishes"
                return 70
            fi
            _sidestep_answered=''
            ;;
        esac
    done
}

# sidestep_fail [TEXT]: records the run as failed. sidestep_start opens it again.
sidestep_fail() {
    _sidestep_params=$(_sidestep_for_run) || return
    _sidestep_must run.fail "$_sidestep_params,\"retryable\":false,\"error\":{\"type\":\"script\",\"message\":$(
        _sidestep_quote "${1:-the script gave up}"
    )}}" || return
    SIDESTEP_LEASE=''
}

# sidestep_release: gives the run back; it waits for its next owner.
sidestep_release() {
    _sidestep_params=$(_sidestep_for_run) || return
    _sidestep_must run.release "$_sidestep_params}" || return
    SIDESTEP_LEASE=''
}
