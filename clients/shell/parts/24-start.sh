# Start: a daemon for this user, one for all who want it.

# Starts a daemon for this user at a socket, one for all who want it, and says so.
_sidestep_autostart() {
    _sidestep_daemon=${SIDESTEPD:-$(command -v sidestepd)} || _sidestep_daemon=
    if [ -z "$_sidestep_daemon" ]; then
        _sidestep_complain "no Sidestep daemon answers, and sidestepd is not on PATH" "SIDESTEPD may name it"
        return 69
    fi
    [ "$1" != "$_sidestep_usual" ] || mkdir -m 700 "${1%/*}" 2>/dev/null || :
    if ! _sidestep_trusts "$1"; then
        _sidestep_complain "no daemon is started: $_sidestep_reason"
        return 69
    fi
    (
        ! command -v flock >/dev/null || flock 9
        ! _sidestep_answers "$1" || exit 0
        (
            cd /
            exec setsid "$_sidestep_daemon" --user --autostarted --socket "$1" 9>&- 7>&- </dev/null >>"${1%/*}/sidestepd.log" 2>&1
        ) &
        _sidestep_tries=0
        until _sidestep_answers "$1"; do
            _sidestep_tries=$((_sidestep_tries + 1))
            # `sleep` has let the shell take note of a child that ended.
            if ! kill -0 "$!" 2>/dev/null; then
                _sidestep_complain "sidestepd ended at once: $(tail -n 1 "${1%/*}/sidestepd.log")" \
                    "its messages are in ${1%/*}/sidestepd.log"
                exit 69
            fi
            if [ "$_sidestep_tries" -gt 500 ]; then
                _sidestep_complain "sidestepd did not start" "see ${1%/*}/sidestepd.log"
                exit 69
            fi
            sleep 0.02
        done
        # A daemon that was not asked for is no secret: its files decide which runs there are.
        [ "${SIDESTEP_AUTOSTART-}" = quiet ] ||
            printf 'sidestep: started a daemon for %s: socket %s, database %s, log %s\n' \
                "$(id -un 2>/dev/null || id -u)" "$1" "$_sidestep_database" "${1%/*}/sidestepd.log" >&2
    ) 9>>"${1%/*}/start.lock"
}

# sidestep_where: prints which daemon a script would have, and where its database is, as JSON; starts none.
sidestep_where() (
    _sidestep_named=${SIDESTEP_SOCKET-} _sidestep_answer=false _sidestep_status=0
    _sidestep_search || _sidestep_status=69
    [ -z "$_sidestep_found" ] || _sidestep_answer=true
    printf '{"answers":%s' "$_sidestep_answer"
    if [ "$_sidestep_status" = 0 ]; then
        printf ',"socket":%s' "$(_sidestep_quote "${_sidestep_found:-$_sidestep_start}")"
        ! _sidestep_is_own "${_sidestep_found:-$_sidestep_start}" ||
            printf ',"database":%s' "$(_sidestep_quote "$_sidestep_database")"
    else
        printf ',"problem":%s' "$(_sidestep_quote "$_sidestep_tried$_sidestep_reason")"
        printf ',"hint":%s' "$(_sidestep_quote "$_sidestep_cure")"
    fi
    printf '}\n'
    exit "$_sidestep_status"
)
