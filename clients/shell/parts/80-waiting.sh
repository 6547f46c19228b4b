# Waiting: for signals, promises and time.

# sidestep_wait KIND NAME [TIMEOUT_MS] [STEP]: waits for a signal or a promise (the KIND) of the run, and prints the JSON
# of what came; in a run that had ended before, what was recorded. Status 75 when the time-out came first, 1 when a
# promise was rejected.
sidestep_wait() (
    _sidestep_step=$(_sidestep_quote "${4:-"$1:$2"}")
    if _sidestep_is_over; then
        _sidestep_must step.get "{\"run\":$(_sidestep_quote "$SIDESTEP_RUN"),\"step\":$_sidestep_step}" || exit
    else
        _sidestep_params=$(_sidestep_for_run) || exit
        _sidestep_params="$_sidestep_params,\"$1\":$(_sidestep_quote "$2"),\"step\":$_sidestep_step"
        _sidestep_must "$1.wait" "$_sidestep_params${3:+,\"timeout_ms\":$3}}" || exit
    fi
    # The value is printed through jq: numbers beyond a double lose digits; `sidestep wait` keeps every byte.
    printf '%s\n' "$sidestep_result" | jq -c '.output | if .error then .error else .value end'
    case $(printf '%s\n' "$sidestep_result" | jq -r '.output | if .by == "time" then 75 elif .error then 1 else 0 end') in
    75) exit 75 ;;
    1) exit 1 ;;
    esac
)

# sidestep_sleep STEP MILLISECONDS: sleeps over crashes and reboots; run again it takes what is left.
sidestep_sleep() (
    _sidestep_write run-step "\"step\":$(_sidestep_quote "$1"),\"sleep_ms\":$2"
)

# sidestep_signal RUN NAME [JSON] [ID] [create]: sends a message to a run; with an ID once, however often it is sent; with
# `create` it waits for a run that is not made yet.
sidestep_signal() (
    _sidestep_params="{\"run\":$(_sidestep_quote "$1"),\"signal\":$(_sidestep_quote "$2")${3:+,\"value\":$3}"
    [ -z "${4-}" ] || _sidestep_params="$_sidestep_params,\"message_id\":$(_sidestep_quote "$4")"
    [ "${5-}" != create ] || _sidestep_params="$_sidestep_params,\"create\":true"
    _sidestep_must signal.send "$_sidestep_params}"
)
