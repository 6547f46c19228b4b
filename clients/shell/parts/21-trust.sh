# Trust: whether a socket's directory is the user's, and who holds the database.

_sidestep_system=/run/sidestep/sidestep.sock

# Notes why the directory of a socket is not trusted: somebody else could wait there for us.
_sidestep_trusts() {
    _sidestep_place=${1%/*} _sidestep_reason=''
    set -- "$1" "$(stat -c '%u %F' "$_sidestep_place" 2>/dev/null)"
    if [ -z "$2" ]; then
        _sidestep_reason="there is no $_sidestep_place"
    elif [ "${2#* }" != directory ]; then
        _sidestep_reason="$_sidestep_place is not a directory"
    else
        _sidestep_alien=1
        [ "${2%% *}" != "$_sidestep_uid" ] || [ "$1" = "$_sidestep_system" ] || _sidestep_alien=''
        # root's directories are as good, but where everybody may make them.
        [ "${2%% *}" != 0 ] || { [ "$1" = "$_sidestep_usual" ] && [ -n "$_sidestep_temporary" ]; } || _sidestep_alien=''
        if [ -n "$_sidestep_alien" ]; then
            _sidestep_reason="$_sidestep_place belongs to another user"
        elif [ "$1" = "$_sidestep_usual" ] && [ -n "$_sidestep_temporary" ] && _sidestep_is_open "$_sidestep_place"; then
            _sidestep_reason="$_sidestep_place is open to other users (its mode must be 0700)"
        elif _sidestep_is_writable "$_sidestep_place"; then
            _sidestep_reason="$_sidestep_place can be written by other users"
        fi
    fi
    [ -z "$_sidestep_reason" ]
}

# What the lock file beside the database says of its daemon: _sidestep_holder its process, _sidestep_held where it
# listens. Fails where it says nothing.
_sidestep_last() {
    _sidestep_holder='' _sidestep_held='' _sidestep_place=$_sidestep_database.lock
    [ -n "$_sidestep_database" ] && [ -f "$_sidestep_place" ] && ! [ -h "$_sidestep_place" ] || return
    case $(stat -c %u "$_sidestep_place") in "$_sidestep_uid" | 0) ;; *) return 1 ;; esac
    # The first daemons wrote nothing but their number.
    _sidestep_holder=$(sed -n 's/^pid //; /^[1-9][0-9]*$/p' "$_sidestep_place" 2>/dev/null | head -n 1)
    _sidestep_held=$(sed -n 's/^socket //p' "$_sidestep_place" 2>/dev/null | head -n 1)
    [ -n "$_sidestep_holder" ]
}

# Whether that process has the lock now, by the kernel's list: to take the lock would keep a starting daemon out.
_sidestep_holds() {
    set -- "$(stat -L -c %i "$_sidestep_database.lock")" "$(stat -L -c %i "$_sidestep_database" 2>/dev/null)"
    grep -Eq "^[0-9]+: +FLOCK .* $_sidestep_holder [0-9a-f]+:[0-9a-f]+:($1|${2:-$1}) " /proc/locks 2>/dev/null
}

# Whether the user's own daemon listens at a path, or last did.
_sidestep_is_own() {
    [ "$1" = "$_sidestep_own" ] || { _sidestep_last && [ "$_sidestep_held" = "$1" ]; }
}
