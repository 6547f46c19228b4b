# Requests: one line to the daemon, and the line that answers it.

# Sends one request and keeps the line that answers it: a whole one. A daemon that is being restarted is waited for, as
# many seconds as SIDESTEP_PATIENCE says; every request may be made again.
_sidestep_exchange() {
    _sidestep_tries=0 _sidestep_broken=''
    case ${SIDESTEP_PATIENCE:-30} in
    *[!0-9]* | ???????*)
        _sidestep_complain "SIDESTEP_PATIENCE is not a number of seconds: $SIDESTEP_PATIENCE"
        return 64
        ;;
    esac
    while :; do
        # socat ends its sending side after the request; -t says how long it then waits for the reply. Its status keeps
        # the newline that tells a whole line from half of one, and tells of Ctrl-C, after which nothing is asked again.
        _sidestep_reply=$(
            {
                printf '{"jsonrpc":"2.0","id":1,"method":"%s","params":%s}' "$1" "$2" | tr '\n' ' '
                echo
            } | socat -t 86400 - "UNIX-CONNECT:$SIDESTEP_SOCKET" 2>/dev/null
            printf '%s.' "$?"
        )
        case $_sidestep_reply in
        # Also behind a whole line: socat ends by itself then, so bash takes it that the key was meant for socat alone.
        129. | 130. | 131. | 143. | *"$_sidestep_newline"129. | *"$_sidestep_newline"13[01]. | *"$_sidestep_newline"143.)
            _sidestep_reply=${_sidestep_reply##*"$_sidestep_newline"}
            return "${_sidestep_reply%.}"
            ;;
        *"$_sidestep_newline"*)
            _sidestep_reply=${_sidestep_reply%"$_sidestep_newline"*}
            return 0
            ;;
        [0-9]. | [0-9][0-9]. | [0-9][0-9][0-9].) ;;
        *) _sidestep_broken=1 ;;
        esac
        _sidestep_tries=$((_sidestep_tries + 1))
        [ $((_sidestep_tries % 20)) != 10 ] || _sidestep_revive
        if [ "$_sidestep_tries" -gt "${SIDESTEP_PATIENCE:-30}0" ]; then
            if [ -n "$_sidestep_broken" ]; then
                _sidestep_complain "what answers at $SIDESTEP_SOCKET ends in the middle of a line"
                return 70
            fi
            _sidestep_complain "no daemon answers at $SIDESTEP_SOCKET"
            return 69
        fi
        sleep 0.1
    done
}

# _sidestep_read JSON FILTER: assigns the variables that a filter of jq makes with @sh. Fails, and assigns none, when jq
# does not come to its end or has nothing to say: what could not be read is never gone on with.
_sidestep_read() {
    if _sidestep_words=$(printf '%s\n' "$1" | jq -r "$2") && [ -n "$_sidestep_words" ]; then
        eval "$_sidestep_words"
        return 0
    fi
    _sidestep_complain "an answer of the daemon cannot be read" "does \`jq . /dev/null\` work? is there memory left?"
    return 70
}

# _sidestep_send METHOD PARAMS: sets sidestep_result, or sidestep_error (the kind), its message, hint and failure.
_sidestep_send() {
    sidestep_result='' sidestep_error='' sidestep_message='' sidestep_hint='' sidestep_failure=''
    _sidestep_has_tools || return
    _sidestep_find || return
    _sidestep_exchange "$1" "$2" || return
    case $_sidestep_reply in
    '{"jsonrpc":"2.0","id":1,"result":'*\})
        # Cut out as text: jq would turn numbers into doubles.
        sidestep_result=${_sidestep_reply#'{"jsonrpc":"2.0","id":1,"result":'}
        sidestep_result=${sidestep_result%\}}
        return 0
        ;;
    esac
    _sidestep_read "$_sidestep_reply" '.error | objects | @sh "
        sidestep_error=\(.data.kind // "error")
        sidestep_message=\(.message // "") sidestep_hint=\(.data.hint // "")
        sidestep_failure=\(if .data.failure then .data.failure | tojson else "" end)"' || return
    _sidestep_status
}

# Without one of them every reply would look like none.
_sidestep_has_tools() {
    [ -z "${_sidestep_tools-}" ] || return 0
    for _sidestep_tool in socat jq; do
        command -v "$_sidestep_tool" >/dev/null && continue
        _sidestep_complain "sidestep.sh needs $_sidestep_tool, which is not on PATH" "apt install $_sidestep_tool"
        return 69
    done
    _sidestep_tools=1
}

# The exit status of the last error.
_sidestep_status() {
    case $sidestep_error in
    run_owned | timeout | rate_limited | overloaded | shutting_down | storage_full | circuit_open) return 75 ;;
    invalid_argument) return 64 ;;
    *) return 70 ;;
    esac
}

# Complains about the last error; what had no kind was said when it happened.
_sidestep_say_error() {
    [ -z "$sidestep_error" ] || _sidestep_complain "$sidestep_message [$sidestep_error]" "$sidestep_hint"
}

# Sends, and complains about an error.
_sidestep_must() {
    _sidestep_send "$1" "$2" && return 0
    set -- $?
    _sidestep_say_error
    return "$1"
}

# Sends what records what a command did. A daemon that cannot write now is waited for, and a full disk is said once.
_sidestep_record() {
    _sidestep_waits=0
    while :; do
        _sidestep_send "$1" "$2" && return
        _sidestep_why=$?
        case $sidestep_error in
        storage_full | storage_error | overloaded | shutting_down) ;;
        *) _sidestep_waits=300 ;;
        esac
        if [ "$_sidestep_waits" -ge 300 ]; then
            _sidestep_say_error
            return "$_sidestep_why"
        fi
        if [ "$_sidestep_waits" = 0 ] && [ "$sidestep_error" = storage_full ]; then
            _sidestep_complain "$sidestep_message; waiting for space [$sidestep_error]" "$sidestep_hint"
        fi
        _sidestep_waits=$((_sidestep_waits + 1))
        sleep 1
    done
}

# sidestep_call METHOD [PARAMS]: prints the result.
sidestep_call() (
    _sidestep_must "$1" "${2:-"{}"}" || exit
    printf '%s\n' "$sidestep_result"
)
