# Units: whether one may be started, or should be there by itself.

# Whether there is a unit that is not masked.
_sidestep_unit() {
    { [ -e "$1" ] || [ -h "$1" ]; } && ! [ -c "$1" ]
}

# The first of the files that is a unit: _sidestep_place.
_sidestep_first_unit() {
    for _sidestep_place; do ! _sidestep_unit "$_sidestep_place" || return 0; done
    return 1
}

_sidestep_system_unit() {
    [ -d /run/systemd/system ] || return
    for _sidestep_place in /etc /run /usr/local/lib /usr/lib /lib; do
        _sidestep_place=$_sidestep_place/systemd/system/sidestepd.socket
        if [ -e "$_sidestep_place" ] || [ -h "$_sidestep_place" ]; then
            _sidestep_unit "$_sidestep_place"
            return
        fi
    done
    return 1
}

_sidestep_serves_machine() {
    [ ! -e "${_sidestep_system%/*}" ] || return 0
    _sidestep_system_unit &&
        { [ -h /etc/systemd/system/sockets.target.wants/sidestepd.socket ] || [ -e /var/lib/sidestep ]; }
}

_sidestep_user_unit() {
    [ -d /run/systemd/system ] || return
    set -- sockets.target.wants/sidestepd.socket default.target.wants/sidestepd.service
    ! _sidestep_first_unit "/etc/systemd/user/$1" "/etc/systemd/user/$2" || return 0
    _sidestep_place=$_sidestep_settings/systemd/user
    [ -n "$_sidestep_settings" ] && _sidestep_first_unit "$_sidestep_place/sidestepd.socket" \
        "$_sidestep_place/sidestepd.service" "$_sidestep_place/$1" "$_sidestep_place/$2"
}

_sidestep_is_member() {
    case " $(id -Gn) $(id -Gn "$(id -un)" 2>/dev/null) " in *" sidestep "*) ;; *) return 1 ;; esac
}

# Sets _sidestep_reason and _sidestep_cure where no daemon may be started in the stead of one that should be there.
# _sidestep_named is the socket that was named, if one was.
_sidestep_may_start() {
    _sidestep_reason=''
    if [ "${SIDESTEP_AUTOSTART-}" = 0 ]; then
        _sidestep_reason="no daemon is started: SIDESTEP_AUTOSTART is 0"
        _sidestep_cure="start one with: sidestepd ${_sidestep_named:+--socket }${_sidestep_named:---user}"
    elif [ -n "$_sidestep_named" ] && ! _sidestep_is_own "$_sidestep_named"; then
        _sidestep_reason="none is started at a socket that was named (SIDESTEP_SOCKET)"
        _sidestep_cure="start one with: sidestepd --socket $_sidestep_named; or name no socket, to use your own"
        [ "$_sidestep_named" != "$_sidestep_system" ] ||
            _sidestep_cure="start the machine's daemon: systemctl start sidestepd.socket"
    elif _sidestep_user_unit; then
        _sidestep_reason="none is started beside your unit ($_sidestep_place)"
        _sidestep_cure="systemctl --user start sidestepd.socket; \`loginctl enable-linger\` keeps it without a login"
    elif [ "${SIDESTEP_AUTOSTART-}" != 1 ]; then
        _sidestep_spares_machine
    fi
    [ -z "$_sidestep_reason" ]
}

_sidestep_spares_machine() {
    _sidestep_uses=''
    if [ "$_sidestep_uid" = 0 ] || _sidestep_is_member; then _sidestep_uses=1; fi
    if ! { _sidestep_serves_machine && { [ -n "$_sidestep_uses" ] || [ ! -e "$_sidestep_database" ]; }; } &&
        ! { [ -n "$_sidestep_uses" ] && _sidestep_system_unit; }; then
        return 0
    fi
    _sidestep_reason="none is started in the stead of the machine's daemon"
    _sidestep_cure="join its group (adduser NAME sidestep) and log in anew"
    [ -z "$_sidestep_uses" ] || _sidestep_cure="start it: systemctl start sidestepd.socket"
    _sidestep_cure="$_sidestep_cure; SIDESTEP_AUTOSTART=1 starts one of your own, with a database of its own"
}
