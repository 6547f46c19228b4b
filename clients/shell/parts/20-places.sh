# Places: where the user's daemon and its files are.
#
# The order and the rule are those of all clients: docs/operating/daemon.md.

# Whether a path is a directory of the user's, links followed.
_sidestep_owns() {
    case $1 in
    /*) [ "$(stat -L -c '%u %F' "$1" 2>/dev/null)" = "$_sidestep_uid directory" ] ;;
    *) return 1 ;;
    esac
}

# Whether a directory for what lasts, or the nearest one above it that exists, is the user's.
_sidestep_lasts() {
    case $1 in
    /*) ;;
    *) return 1 ;;
    esac
    until [ -e "$1" ]; do
        set -- "${1%/*}"
        [ -n "$1" ] || set -- /
    done
    _sidestep_owns "$1" && case $(stat -L -c %a "$1") in *[2367]) return 1 ;; esac
}

# Whether a directory is the user's alone, and no link.
_sidestep_alone() {
    case $1 in
    /*) ! [ -h "$1" ] && _sidestep_owns "$1" && ! _sidestep_is_writable "$1" ;;
    *) return 1 ;;
    esac
}

# Whether others than its owner may write to a file. By its digits: what begins with 0 is no octal number in zsh.
_sidestep_is_writable() {
    case $(stat -c %a "$1") in *[2367] | *[2367]?) ;; *) return 1 ;; esac
}

# Whether others than its owner have any right to a file.
_sidestep_is_open() {
    case $(stat -c %a "$1") in 0 | *00) return 1 ;; esac
}

# Prints a path in the user's configuration file; what is wrong with the file the daemon tells.
_sidestep_configured() {
    [ -r "$_sidestep_file" ] || return 0
    sed -n "s/#.*//; s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*\(\/.*[^[:space:]]\)[[:space:]]*\$/\1/p" \
        "$_sidestep_file" | head -n 1
}

# Works out where the user's daemon is: _sidestep_own its socket, _sidestep_usual where that is by itself,
# _sidestep_temporary whether that lies where everybody may make files, _sidestep_database, or why there is none.
_sidestep_places() {
    _sidestep_uid=$(id -u)
    _sidestep_listed=$(getent passwd "$_sidestep_uid" | cut -d: -f6) || :
    _sidestep_home='' _sidestep_settings='' _sidestep_temporary='' _sidestep_problem=''
    for _sidestep_place in "${HOME-}" "$_sidestep_listed"; do
        [ -n "$_sidestep_home" ] || ! _sidestep_owns "$_sidestep_place" || _sidestep_home=$_sidestep_place
    done
    if _sidestep_lasts "${XDG_CONFIG_HOME-}"; then
        _sidestep_settings=$XDG_CONFIG_HOME
    elif [ -n "$_sidestep_home" ]; then
        _sidestep_settings=$_sidestep_home/.config
    fi
    _sidestep_file=${SIDESTEP_CONFIG:-${_sidestep_settings:+$_sidestep_settings/sidestep/sidestep.conf}}
    _sidestep_runtime
    _sidestep_own=$(_sidestep_configured socket)
    _sidestep_own=${_sidestep_own:-$_sidestep_usual}
    _sidestep_state
}

_sidestep_runtime() {
    if _sidestep_alone "${XDG_RUNTIME_DIR-}"; then
        _sidestep_usual=$XDG_RUNTIME_DIR/sidestep/sidestep.sock
    elif _sidestep_alone "/run/user/$_sidestep_uid"; then
        _sidestep_usual=/run/user/$_sidestep_uid/sidestep/sidestep.sock
    else
        _sidestep_temporary=1
        _sidestep_place=/tmp
        case ${TMPDIR-} in /*) [ ! -d "$TMPDIR" ] || _sidestep_place=$TMPDIR ;; esac
        _sidestep_usual=$_sidestep_place/sidestep-$_sidestep_uid/sidestep.sock
    fi
}

_sidestep_state() {
    _sidestep_database=${SIDESTEP_DATABASE:-$(_sidestep_configured database)}
    case ${SIDESTEP_DATABASE:-/} in
    /*) ;;
    *)
        _sidestep_database='' _sidestep_cure="Name the database by its whole path."
        _sidestep_problem="SIDESTEP_DATABASE is \`$SIDESTEP_DATABASE\`, which begins with no slash"
        return
        ;;
    esac
    if [ -n "$_sidestep_database" ]; then
        :
    elif _sidestep_lasts "${XDG_STATE_HOME-}"; then
        _sidestep_database=$XDG_STATE_HOME/sidestep/sidestep.db
    elif [ -n "$_sidestep_home" ]; then
        _sidestep_database=$_sidestep_home/.local/state/sidestep/sidestep.db
    else
        _sidestep_problem="the user $(id -un 2>/dev/null) has no home directory to keep the database in"
        _sidestep_cure="Set HOME, or SIDESTEP_DATABASE to a file in a directory that lasts."
    fi
}
