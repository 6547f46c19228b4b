# Search: which daemon a script has.

_sidestep_answers() {
    socat -u /dev/null "UNIX-CONNECT:$1" 2>/dev/null
}

# Notes why a socket was passed over: its path, why.
_sidestep_note() {
    _sidestep_tried="$_sidestep_tried$1: $2; "
}

# Tries a socket: its path, what it is.
_sidestep_try() {
    if _sidestep_answers "$1"; then
        _sidestep_found=$1
        return 0
    fi
    _sidestep_note "$1 ($2)" "nobody answers"
    return 1
}

# Looks for a daemon: _sidestep_found is its socket, or _sidestep_start where one may be started. Fails with
# _sidestep_reason and _sidestep_cure.
_sidestep_search() {
    _sidestep_tried='' _sidestep_found='' _sidestep_start=''
    _sidestep_places
    if [ -n "$_sidestep_named" ]; then
        ! _sidestep_try "$_sidestep_named" SIDESTEP_SOCKET || return 0
        _sidestep_is_own "$_sidestep_named" || { _sidestep_may_start; return; }
    elif _sidestep_trusts "$_sidestep_own"; then
        ! _sidestep_try "$_sidestep_own" yours || return 0
    else
        _sidestep_note "$_sidestep_own (yours)" "$_sidestep_reason"
    fi
    _sidestep_of_holder || return
    [ -z "$_sidestep_found" ] || return 0
    if [ -z "$_sidestep_named" ]; then
        _sidestep_machine || return
        [ -z "$_sidestep_found" ] || return 0
    fi
    _sidestep_may_start || return
    _sidestep_reason=$_sidestep_problem
    _sidestep_start=${_sidestep_named:-$_sidestep_own}
    [ -z "$_sidestep_reason" ]
}

# The daemon that has the user's database, wherever it listens. One that is being started, that leaves, or that lost its
# socket is waited for.
_sidestep_of_holder() {
    _sidestep_waited=0
    while _sidestep_last && _sidestep_holds; do
        # Whoever bound the file owns it.
        case $(stat -c '%u %F' "$_sidestep_held" 2>/dev/null) in
        "$_sidestep_uid socket" | "0 socket")
            if _sidestep_answers "$_sidestep_held"; then
                _sidestep_found=$_sidestep_held
                return 0
            fi
            ;;
        esac
        _sidestep_waited=$((_sidestep_waited + 1))
        # The first daemons did not say where they listen.
        if [ -z "$_sidestep_held" ] || [ "$_sidestep_waited" -gt 100 ]; then
            _sidestep_reason="process $_sidestep_holder has $_sidestep_database, and none is started beside it"
            _sidestep_cure="it binds its socket again within seconds of losing it; else end it: kill $_sidestep_holder"
            return 1
        fi
        sleep 0.1
    done
}

_sidestep_machine() {
    if ! _sidestep_trusts "$_sidestep_system"; then
        _sidestep_note "$_sidestep_system (the machine's)" "$_sidestep_reason"
        return 0
    fi
    [ ! -e "$_sidestep_database" ] || [ "${SIDESTEP_AUTOSTART-}" != 1 ] || return 0
    _sidestep_try "$_sidestep_system" "the machine's" || return 0
    [ -e "$_sidestep_database" ] || return 0
    _sidestep_found=''
    _sidestep_reason="the machine's daemon answers at $_sidestep_system, and you have a database of your own, $(:
    )$_sidestep_database, that no daemon serves: either could have your runs"
    _sidestep_cure="SIDESTEP_SOCKET=$_sidestep_system means the machine's, SIDESTEP_AUTOSTART=1 your own; $(:
    )a database that you do not need may be moved away"
    return 1
}

# Sets SIDESTEP_SOCKET to the first place where a daemon answers, in the order of all clients.
_sidestep_find() {
    [ -z "${SIDESTEP_SOCKET-}" ] || return 0
    _sidestep_named=''
    if ! _sidestep_search; then
        _sidestep_complain "no Sidestep daemon answers; tried $_sidestep_tried$_sidestep_reason" "$_sidestep_cure"
        return 69
    fi
    SIDESTEP_SOCKET=${_sidestep_found:-$_sidestep_start}
    [ -n "$_sidestep_found" ] || _sidestep_autostart "$_sidestep_start" || {
        SIDESTEP_SOCKET=''
        return 69
    }
}

# The daemon that was there does not answer: the user's own is started again, no other one is taken for it.
_sidestep_revive() {
    _sidestep_named=$SIDESTEP_SOCKET
    _sidestep_search || return 0
    SIDESTEP_SOCKET=${_sidestep_found:-$_sidestep_start}
    [ -n "$_sidestep_found" ] || _sidestep_autostart "$_sidestep_start" || :
}
