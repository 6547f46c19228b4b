# shellcheck shell=sh
# shellcheck disable=SC2030,SC2031  # functions in round brackets change variables of their subshell on purpose
# shellcheck disable=SC2154  # jq's @sh assigns them
# shellcheck disable=SC2094  # a file is read twice in a pipeline, written never
# Durable steps for POSIX shells, on socat and jq alone:
#
#     . sidestep.sh
#     sidestep_start nightly-1 || exit
#     sidestep_step fetch curl -sf https://example.org/data -o data
#     total=$(sidestep_step count wc -l data)
#     sidestep_finish "{\"total\": ${total%% *}}"
#
# Run the script again: finished steps are not repeated, they print what they printed before.
#
# A step may be a command or a function of the script. It runs in a subshell, so variables it sets are gone
# afterwards, as they are when it is repeated from the journal.
#
# Names: what users call begins with sidestep_, what is ours with _sidestep_. From sidestep_start on descriptor 7 is
# ours, too. Functions in round brackets run in a subshell: sh has no local variables, and steps may be nested.
#
# Status: that of the step's command; 64 wrong usage, 69 no daemon, 75 not now, 70 other errors of Sidestep. After
# sidestep_start the variable sidestep_error holds the kind of an error.
#
# Made by `make generate` from clients/shell/parts, a file for each of these:
#
#     Texts                    what users are told, and JSON strings
#     Places                   where the user's daemon and its files are
#     Trust                    whether a socket's directory is the user's, and who holds the database
#     Units                    whether one may be started, or should be there by itself
#     Search                   which daemon a script has
#     Start                    a daemon for this user, one for all who want it
#                              sidestep_where
#     Requests                 one line to the daemon, and the line that answers it
#                              sidestep_call
#     Runs                     opened, gone on with, and written for
#                              sidestep_start
#     Ends                     a run is finished, failed, or given back
#                              sidestep_finish, sidestep_fail, sidestep_release
#     Left working             the command of a killed script
#     Steps                    a command or function, once in the life of the run
#                              sidestep_step
#     Names of steps           counted within the step around them
#     Files that a step makes  with --produces they are its result
#     Records                  whether a step must run, and what it printed before
#     Attempts                 the command runs once, and its end is recorded
#     Commands                 how one is executed
#     State                    checkpoints and values that others can read
#                              sidestep_checkpoint, sidestep_state_set, sidestep_state_get
#     Waiting                  for signals, promises and time
#                              sidestep_wait, sidestep_sleep, sidestep_signal
#     Telling others           streams, artifacts, events
#                              sidestep_stream_append, sidestep_stream_close, sidestep_artifact, sidestep_emit

# --- Texts --------------------------------------------------------------------------------------------------------
#
# What users are told, and JSON strings.

# Prints an error and its hint.
_sidestep_complain() {
    printf 'sidestep: %s\n' "$1" >&2
    [ -z "${2-}" ] || printf '  hint: %s\n' "$2" >&2
}

# Prints a text as a JSON string; refuses one that is no UTF-8. jq takes 20 ms to start, so plain texts do without. It
# reads the text: as an argument it could have 128 KiB at most, execve(2).
_sidestep_quote() {
    case $1 in
    *[!A-Za-z0-9._:/@#+=,\ -]*) ;;
    *)
        printf '"%s"' "$1"
        return
        ;;
    esac
    _sidestep_json=$(printf '%s' "$1" | jq -cRs .)
    case $_sidestep_json in
    # What jq puts in the place of what it cannot read, or the character itself. The point keeps newlines at the end.
    *'�'*)
        if [ "$(printf '%s.' "$1" | jq -Rsj .)" != "$1." ]; then
            _sidestep_complain "a name or text is no UTF-8" "only files and arguments of commands may be any bytes"
            return 64
        fi
        ;;
    esac
    printf '%s' "$_sidestep_json"
}

_sidestep_newline='
'

# --- Places -------------------------------------------------------------------------------------------------------
#
# Where the user's daemon and its files are.
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

# --- Trust --------------------------------------------------------------------------------------------------------
#
# Whether a socket's directory is the user's, and who holds the database.

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

# --- Units --------------------------------------------------------------------------------------------------------
#
# Whether one may be started, or should be there by itself.

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

# --- Search -------------------------------------------------------------------------------------------------------
#
# Which daemon a script has.

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

# --- Start --------------------------------------------------------------------------------------------------------
#
# A daemon for this user, one for all who want it.

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

# --- Requests -----------------------------------------------------------------------------------------------------
#
# One line to the daemon, and the line that answers it.

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

# --- Runs ---------------------------------------------------------------------------------------------------------
#
# Opened, gone on with, and written for.

# sidestep_start [ID] [--workflow W] [--input JSON] [--if-closed HOW] [--if-owned HOW] [--wait MS] [--retry JSON]
#     [--orphan end|wait|fail]
#
# Opens a run, or comes back to it. The script owns it: it is let go when the script's process ends. Opened again
# after a failure it keeps finished steps and forgets failed ones. A completed run stays closed: SIDESTEP_LEASE is
# empty then, and steps only repeat what was recorded. What a step of an earlier execution left working is ended,
# waited for, or refused with status 75. In `sidestep run` and `sidestep torture` the script joins their run.
sidestep_start() {
    _sidestep_params='' _sidestep_closed=retry _sidestep_orphan=end _sidestep_id=''
    case ${1-} in
    '' | --*) ;;
    *)
        _sidestep_id=$1
        _sidestep_params=",\"run\":$(_sidestep_quote "$1")" || return
        shift
        ;;
    esac
    while [ $# -gt 1 ]; do
        case $1 in
        --workflow) _sidestep_params="$_sidestep_params,\"workflow\":$(_sidestep_quote "$2")" || return ;;
        --input) _sidestep_params="$_sidestep_params,\"input\":$2" ;;
        --if-closed) _sidestep_closed=$2 ;;
        --if-owned) _sidestep_params="$_sidestep_params,\"if_owned\":\"$2\"" ;;
        --wait) _sidestep_params="$_sidestep_params,\"wait_ms\":$2" ;;
        --retry) _sidestep_params="$_sidestep_params,\"retry\":$2" ;;
        --orphan) _sidestep_orphan=$2 ;;
        *) break ;;
        esac
        shift 2
    done
    case $#:$_sidestep_orphan in
    0:end | 0:wait | 0:fail) ;;
    *)
        _sidestep_complain "sidestep_start: what is ${1-$_sidestep_orphan}?"
        return 64
        ;;
    esac
    _sidestep_params="\"if_closed\":\"$_sidestep_closed\"$_sidestep_params,\"steps\":\"none\"}"
    _sidestep_params="{\"owner\":\"process\",\"owner_pid\":$$,$(_sidestep_trace)$_sidestep_params"
    if [ -n "${SIDESTEP_SUPERVISED-}" ] && [ -n "${SIDESTEP_RUN-}" ]; then
        _sidestep_join || return
    else
        _sidestep_open || return
    fi
    export SIDESTEP_RUN SIDESTEP_LEASE SIDESTEP_SOCKET
    unset SIDESTEP_STEP SIDESTEP_IDEMPOTENCY_KEY SIDESTEP_SUPERVISED
    # The names of the steps so far. In a file, because a step in $(…) is called in a subshell; deleted while it is
    # open, so that nothing stays behind when the script is killed.
    _sidestep_file=$(mktemp "${TMPDIR:-/tmp}/sidestep-names.XXXXXX") || return 70
    exec 7<>"$_sidestep_file"
    rm -f "$_sidestep_file"
    _sidestep_names=/proc/$$/fd/7
}

# Prints the member that says where in a trace the script is, as whoever called it has told: W3C Trace Context. What is
# no place in a trace is nothing.
_sidestep_trace() {
    case ${TRACEPARENT-} in
    *[!0-9a-f-]* | ff-* | ??-00000000000000000000000000000000-* | ??-*-0000000000000000-??) ;;
    ??-????????????????????????????????-????????????????-??) printf '"traceparent":"%s",' "$TRACEPARENT" ;;
    esac
}

# The run that `sidestep run` or `sidestep torture` has opened for this script is the script's; what it calls it is the
# affair of torture's rounds.
_sidestep_join() {
    if [ -n "${SIDESTEP_STEP-}" ]; then
        set -- "a step of run $SIDESTEP_RUN opens a run of its own"
    elif [ "$SIDESTEP_SUPERVISED" != torture ] && [ "${_sidestep_id:-$SIDESTEP_RUN}" != "$SIDESTEP_RUN" ]; then
        set -- "\`sidestep run\` has opened run $SIDESTEP_RUN for this script, which asks for $_sidestep_id"
    else
        SIDESTEP_LEASE=${SIDESTEP_LEASE-}
        return
    fi
    _sidestep_complain "$1 [invalid_argument]" "give both the same id (sidestep run --id ID), $(:
    )or let it be a run apart: unset SIDESTEP_SUPERVISED before sidestep_start"
    return 64
}

_sidestep_open() {
    _sidestep_resume || return
    [ -n "$SIDESTEP_LEASE" ] && [ "$_sidestep_created" = false ] || return 0
    _sidestep_settle_left || {
        set -- $?
        sidestep_release
        return "$1"
    }
    [ "$_sidestep_closed" = retry ] || return 0
    _sidestep_must step.list "$(_sidestep_of_run),\"status\":\"failed\",\"limit\":1}" || return
    case $sidestep_result in '{"steps":[]'*) return 0 ;; esac
    # The script ended after a step of it had failed. That is a failed run, and a failed run is opened again.
    _sidestep_error='{"type":"exit","message":"the script ended after a failed step"}'
    _sidestep_must run.fail "{\"lease\":\"$SIDESTEP_LEASE\",\"retryable\":false,\"error\":$_sidestep_error}" || return
    _sidestep_resume
}

# What was recorded each step asks for by itself: none of it comes with the run.
_sidestep_resume() {
    _sidestep_must resume "$_sidestep_params" || return
    _sidestep_read "$sidestep_result" 'select(.run.id | type == "string") |
        @sh "SIDESTEP_RUN=\(.run.id) SIDESTEP_LEASE=\(.lease // "")
            _sidestep_uid_of_run=\(.run.uid) _sidestep_created=\(.created)"'
}

# Prints the beginning of an object that names the run.
_sidestep_of_run() {
    printf '{"run":%s' "$(_sidestep_quote "$SIDESTEP_RUN")"
}

# Whether the script's run had ended before the script began. Steps then repeat what was recorded, and what would be
# written is not: it was written the first time.
_sidestep_is_over() {
    [ -n "${SIDESTEP_RUN-}" ] && [ -z "${SIDESTEP_LEASE-}" ]
}

# Prints the beginning of an object that acts for the run.
_sidestep_for_run() {
    if [ -z "${SIDESTEP_RUN-}" ]; then
        _sidestep_complain "there is no run" "put this before it: sidestep_start my-run"
        return 64
    elif [ -z "${SIDESTEP_LEASE-}" ]; then
        _sidestep_complain "the run $SIDESTEP_RUN has ended [run_closed]" \
            "to begin it again: sidestep_start $SIDESTEP_RUN --if-closed rerun"
        return 70
    fi
    printf '{"lease":"%s"' "$SIDESTEP_LEASE"
}

# _sidestep_write METHOD MEMBERS: what the owner writes for the run; nothing when the run had ended before.
_sidestep_write() {
    _sidestep_is_over && return 0
    _sidestep_params=$(_sidestep_for_run) || return
    _sidestep_must "$1" "$_sidestep_params${2:+,$2}}"
}

# --- Ends ---------------------------------------------------------------------------------------------------------
#
# A run is finished, failed, or given back.

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

# --- Left working -------------------------------------------------------------------------------------------------
#
# The command of a killed script.
#
# A killed script does not take the command of its step along, which would work beside the next attempt. It is known by
# its mark: a word in SIDESTEP_EXECUTION, as with all clients, and, since a function is a copy of the shell and has no
# environment of its own, the name of a file that is open as descriptor 7.

# Prints the beginning of the words of a step's attempts: by its idempotency key.
_sidestep_word() {
    set -- "$(printf '%s' "$1" | sha256sum)"
    [ -n "$1" ] && printf 'step-%.24s-' "$1"
}

# Sees to what the steps without a result left working; finished ones may have left something on purpose.
_sidestep_settle_left() {
    _sidestep_words_left=''
    for _sidestep_status_left in backoff unknown; do
        _sidestep_must step.list "$(_sidestep_of_run),\"status\":\"$_sidestep_status_left\"}" || return
        case $sidestep_result in '{"steps":[]'*) continue ;; esac
        _sidestep_read "$sidestep_result" '"_sidestep_left=\([.steps[].step] | @sh | @sh)"' || return
        eval "set -- $_sidestep_left"
        for _sidestep_one; do
            _sidestep_words_left="$_sidestep_words_left|$(_sidestep_word "$_sidestep_uid_of_run/$_sidestep_one")" || return
        done
    done
    [ -z "$_sidestep_words_left" ] || _sidestep_settle "${_sidestep_words_left#|}" "$_sidestep_orphan"
}

# Prints the processes that are marked with one of the words (WORD|WORD…), each on a line.
_sidestep_marked() {
    grep -alE "SIDESTEP_EXECUTION=[^=]*($1)" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
    for _sidestep_one in /proc/[0-9]*; do
        [ -h "$_sidestep_one/fd/7" ] || continue
        ! readlink "$_sidestep_one/fd/7" | grep -qE "/sidestep-($1)" || echo "${_sidestep_one#/proc/}"
    done
}

_sidestep_orphans() {
    _sidestep_marked "$1" | sort -un | grep -vx "$$"
}

# _sidestep_settle WORDS HOW: ends what is marked so (SIGTERM, after five seconds SIGKILL), waits for it, or refuses.
_sidestep_settle() {
    _sidestep_left=$(_sidestep_orphans "$1") || return 0
    _sidestep_told=$(printf '%s' "$_sidestep_left" | tr '\n' ' ')
    case $2 in
    end)
        _sidestep_complain "ending processes that an earlier execution left behind: $_sidestep_told"
        _sidestep_signal_left TERM
        _sidestep_gone "$1" 50 && return
        _sidestep_signal_left KILL
        _sidestep_gone "$1" 50 && return
        ;;
    wait)
        _sidestep_complain "waiting for processes of an earlier execution: $_sidestep_told"
        until _sidestep_gone "$1" 50; do :; done
        return 0
        ;;
    esac
    _sidestep_complain "processes of an earlier execution still work: ${_sidestep_told}[run_owned]" \
        "end them, or give --orphan end; --orphan wait waits for them"
    return 75
}

_sidestep_signal_left() {
    printf '%s\n' "$_sidestep_left" | while read -r _sidestep_one; do kill -s "$1" "$_sidestep_one" 2>/dev/null; done || :
}

# _sidestep_gone WORDS N: looks as often, ten times a second, whether nothing is left.
_sidestep_gone() {
    _sidestep_tries=0
    while _sidestep_left=$(_sidestep_orphans "$1"); do
        _sidestep_tries=$((_sidestep_tries + 1))
        [ "$_sidestep_tries" -lt "$2" ] || return
        sleep 0.1
    done
}

# --- Steps --------------------------------------------------------------------------------------------------------
#
# A command or function, once in the life of the run.

# sidestep_step [--retry N|JSON] [--at-most-once] [--accept N,N] [--stdin none|inherit|record] [--output-limit BYTES]
#     [--status-file FILE] [--produces FILE]… NAME COMMAND…: runs a command or function once in the life of the run.
#
# What --produces names is the result: when a file is missing or has another content, the step runs again, as NAME@2.
# Its standard output is recorded and printed again when the step is repeated. The second step of a name is NAME#2;
# a step within step OUTER is OUTER/NAME. In its environment: SIDESTEP_STEP, SIDESTEP_IDEMPOTENCY_KEY.
sidestep_step() (
    # Large texts are not to be in the environment of every program that is started; the command gets the script's own
    # flags.
    _sidestep_flags=$-
    set +ae
    unset sidestep_result sidestep_failure _sidestep_reply _sidestep_words _sidestep_text _sidestep_encoded \
        _sidestep_recorded _sidestep_params_of_attempt
    _sidestep_options='' _sidestep_live=1 _sidestep_accepted='' _sidestep_stdin='' _sidestep_limit=8388608
    _sidestep_tell='' _sidestep_input='' _sidestep_files='' _sidestep_produced='' sidestep_error=''
    while :; do
        case ${1-} in
        --at-most-once)
            _sidestep_options="$_sidestep_options,\"at_most_once\":true"
            shift
            ;;
        --)
            shift
            break
            ;;
        -*)
            [ $# -gt 1 ] || _sidestep_misuse "what is $1?"
            _sidestep_option "$1" "$2"
            shift 2
            ;;
        *) break ;;
        esac
    done
    [ $# -ge 2 ] || _sidestep_misuse "a name and a command are needed"
    trap 'rm -f "$_sidestep_output" "$_sidestep_input"' EXIT
    _sidestep_output=$(mktemp "${TMPDIR:-/tmp}/sidestep-output.XXXXXX") || _sidestep_leave sidestep 70
    [ "$_sidestep_stdin" != record ] || _sidestep_record_input
    ! _sidestep_is_over || _sidestep_repeat_closed "$1"
    _sidestep_name "$1" || _sidestep_leave sidestep $?
    shift
    [ -z "$_sidestep_files" ] || _sidestep_choose_making
    _sidestep_params="$(_sidestep_for_run)" || _sidestep_leave sidestep $? "$([ -z "${SIDESTEP_RUN-}" ] || echo run_closed)"
    _sidestep_params="$_sidestep_params,\"step\":$_sidestep_quoted"
    while :; do
        _sidestep_begin
        _sidestep_attempt "$@"
    done
)

_sidestep_option() {
    case $1:$2 in
    --retry:?*)
        _sidestep_options="$_sidestep_options,\"retry\":$(_sidestep_policy "$2")"
        [ -t 1 ] || _sidestep_live=''
        ;;
    --accept:*[!0-9,]* | --output-limit:*[!0-9]* | *:) _sidestep_misuse "$1 cannot be $2" ;;
    --accept:*) _sidestep_accepted=$2 ;;
    --output-limit:*) _sidestep_limit=$2 ;;
    --stdin:none | --stdin:inherit | --stdin:record) _sidestep_stdin=$2 ;;
    --status-file:*) _sidestep_tell=$2 ;;
    --produces:*[[:cntrl:]]*) _sidestep_misuse "--produces takes names without newlines" ;;
    --produces:/*) _sidestep_files="$_sidestep_files$2$_sidestep_newline" ;;
    --produces:*) _sidestep_files="$_sidestep_files$(pwd -P)/$2$_sidestep_newline" ;;
    *) _sidestep_misuse "what is $1 $2?" ;;
    esac
}

# A number of attempts becomes a policy.
_sidestep_policy() {
    case $1 in
    *[!0-9]*) printf '%s' "$1" ;;
    *) printf '{"max_attempts":%s}' "$1" ;;
    esac
}

# Ends a step that was called in a wrong way.
_sidestep_misuse() {
    _sidestep_complain "sidestep_step: $1" "sidestep_step [--retry N] [--at-most-once] NAME COMMAND…"
    _sidestep_leave sidestep 64 invalid_argument
}

# _sidestep_leave WHOSE STATUS [KIND]: ends the step, and says whose the status is.
_sidestep_leave() {
    [ "$1:$2:${3-}" != sidestep:64: ] || set -- "$1" 64 invalid_argument
    [ -z "$_sidestep_tell" ] || printf '%s\n' "$1 $2${3:+ $3}" >"$_sidestep_tell"
    exit "$2"
}

# All of the input, so that what is read after the step is the same when it is repeated; another one is another step.
_sidestep_record_input() {
    _sidestep_input=$(mktemp "${TMPDIR:-/tmp}/sidestep-input.XXXXXX") || _sidestep_leave sidestep 70
    cat >"$_sidestep_input" || _sidestep_leave sidestep 70
    if [ "$(wc -c <"$_sidestep_input")" -gt 8388608 ]; then
        _sidestep_complain "standard input is longer than the 8388608 bytes that are recorded [payload_too_large]"
        _sidestep_leave sidestep 70 payload_too_large
    fi
    _sidestep_sum=$(sha256sum <"$_sidestep_input") || _sidestep_leave sidestep 70
    _sidestep_text=$(_sidestep_quote_file "$_sidestep_input" stdin) || _sidestep_leave sidestep 70
    _sidestep_options="$_sidestep_options,\"fingerprint\":\"stdin:${_sidestep_sum%% *}\",\"metadata\":{$_sidestep_text}"
}

# --- Names of steps -----------------------------------------------------------------------------------------------
#
# Counted within the step around them.

# Sets _sidestep_step to the name that the next step called NAME has in the journal, and notes it. It is noted as JSON,
# _sidestep_quoted, in which a newline is none.
_sidestep_name() {
    _sidestep_base="${SIDESTEP_STEP:+$SIDESTEP_STEP/}$1"
    _sidestep_step=$_sidestep_base
    _sidestep_quoted=$(_sidestep_quote "$_sidestep_base") || return
    [ -f "${_sidestep_names-}" ] || return 0
    _sidestep_count=1 _sidestep_stem=${_sidestep_quoted%\"}
    while grep -qxF -e "$_sidestep_quoted" "$_sidestep_names"; do
        _sidestep_count=$((_sidestep_count + 1))
        _sidestep_step="$_sidestep_base#$_sidestep_count"
        _sidestep_quoted="$_sidestep_stem#$_sidestep_count\""
    done
    printf '%s\n' "$_sidestep_quoted" >>"$_sidestep_names"
}

# Forgets the names within this step: its body is executed once more, and counts from the start.
_sidestep_forget_inner() {
    [ -f "${_sidestep_names-}" ] || return 0
    _sidestep_kept=$(scope="${_sidestep_quoted%\"}/" awk 'index($0, ENVIRON["scope"]) != 1' "$_sidestep_names")
    printf '%s\n' "$_sidestep_kept" >"$_sidestep_names"
}

# --- Files that a step makes --------------------------------------------------------------------------------------
#
# With --produces they are its result.

# _sidestep_each_file COMMAND…: calls it for each file that the step makes, until one call fails.
_sidestep_each_file() {
    while IFS= read -r _sidestep_file; do
        [ -n "$_sidestep_file" ] || continue
        "$@" "$_sidestep_file" || return
    done <<EOF
$_sidestep_files
EOF
}

# Prints a file as a record compares it: its size, its checksum, its name.
_sidestep_file_line() {
    _sidestep_sum=$(sha256sum <"$1") && printf '%s %s %s\n' "$(stat -L -c %s "$1")" "${_sidestep_sum%% *}" "$1"
}

# Whether a file is what was recorded: a line of _sidestep_known.
_sidestep_is_known() {
    case $_sidestep_newline$_sidestep_known$_sidestep_newline in
    *"$_sidestep_newline$(_sidestep_file_line "$1" 2>/dev/null)$_sidestep_newline"*) ;;
    *) return 1 ;;
    esac
}

# With --produces each making is a step of its own, as with `sidestep step`: NAME, then NAME@2. Takes the first whose
# files are what they were, or that has no result yet.
_sidestep_choose_making() {
    _sidestep_stem=${_sidestep_quoted%\"} _sidestep_first=$_sidestep_step _sidestep_making=1
    while _sidestep_send step.get "$(_sidestep_of_run),\"step\":$_sidestep_quoted}"; do
        _sidestep_read "$sidestep_result" '@sh "_sidestep_begun=\(.status) _sidestep_known=\(
            [.output.produces? // [] | .[] | "\(.size_bytes) \(.sha256) \(.path)"] | join("\n"))"' || _sidestep_leave sidestep 70
        [ "$_sidestep_begun" = completed ] || return 0
        ! _sidestep_each_file _sidestep_is_known || return 0
        case $_sidestep_options in
        *'"at_most_once":true'*)
            _sidestep_complain "step $_sidestep_step is done, but $_sidestep_file is missing or changed [step_mismatch]" \
                "an at-most-once step is never repeated by itself; leave --at-most-once out, or name it anew"
            _sidestep_leave sidestep 70 step_mismatch
            ;;
        esac
        _sidestep_making=$((_sidestep_making + 1))
        _sidestep_step="$_sidestep_first@$_sidestep_making" _sidestep_quoted="$_sidestep_stem@$_sidestep_making\""
    done
    # No such step: it is to be made.
    [ "$sidestep_error" = invalid_argument ] || {
        _sidestep_say_error
        _sidestep_leave sidestep 70 "$sidestep_error"
    }
    [ "$_sidestep_making" = 1 ] ||
        _sidestep_complain "step $_sidestep_first runs again: $_sidestep_file is missing or changed"
}

# Adds a file to the record, once it is on disk; fails when it is not there.
_sidestep_add_produced() {
    [ -f "$1" ] || return
    sync "$1" 2>/dev/null || sync
    _sidestep_sum=$(sha256sum <"$1") && _sidestep_text=$(_sidestep_quote "$1") || return
    _sidestep_text="{\"path\":$_sidestep_text,\"size_bytes\":$(stat -L -c %s "$1"),\"modified_at\":$(stat -L -c %Y "$1")000"
    _sidestep_produced="$_sidestep_produced${_sidestep_produced:+,}$_sidestep_text,\"sha256\":\"${_sidestep_sum%% *}\"}"
}

# A command that did not make its files has failed, whatever it says.
_sidestep_look_for_files() {
    _sidestep_produced=''
    _sidestep_each_file _sidestep_add_produced && return
    _sidestep_types=produces _sidestep_code=1
    _sidestep_message=$(_sidestep_quote "the command did not make $_sidestep_file")
    _sidestep_message=${_sidestep_message#\"} _sidestep_message=${_sidestep_message%\"}
    _sidestep_complain "step $_sidestep_step: the command did not make $_sidestep_file"
}

# --- Records ------------------------------------------------------------------------------------------------------
#
# Whether a step must run, and what it printed before.

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

# --- Attempts -----------------------------------------------------------------------------------------------------
#
# The command runs once, and its end is recorded.

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

# --- Commands -----------------------------------------------------------------------------------------------------
#
# How one is executed.

# Runs the command with its output into a file, shown live unless the step may be tried again: of a retried step only
# the last attempt's output counts, as it does when the step is repeated later.
_sidestep_execute() {
    export SIDESTEP_STEP="$_sidestep_step" SIDESTEP_IDEMPOTENCY_KEY
    [ -z "${TRACEPARENT-}" ] || export TRACEPARENT
    _sidestep_marking=$(mktemp "${TMPDIR:-/tmp}/sidestep-$_sidestep_mark.XXXXXX") || _sidestep_leave sidestep 70
    if [ -z "$_sidestep_live" ]; then
        (_sidestep_body "$@") >"$_sidestep_output" 7<"$_sidestep_marking"
        _sidestep_code=$?
        return 0
    fi
    # The status goes round the pipe on descriptor 3. Whether all of the output is kept tee says: a reader that goes away
    # is kept from it, for it would end the command.
    exec 4>&1
    _sidestep_code=$(
        {
            {
                (_sidestep_body "$@") 3>&- 4>&- 7<"$_sidestep_marking"
                echo $? >&3
            } | { tee "$_sidestep_output" 3>&- || echo lost >&3; } | (trap '' PIPE; cat >&4 || cat >/dev/null) 2>/dev/null 3>&-
        } 3>&1
    )
    case $_sidestep_code in
    *lost)
        _sidestep_complain "step $_sidestep_step: what the command printed could not be kept, and is not recorded" \
            "it is run again by the next start; is there space in ${TMPDIR:-/tmp}?"
        _sidestep_leave sidestep 70
        ;;
    esac
}

# The command, marked and under the flags of the script. Not in a condition, where `set -e` would not hold in a function.
_sidestep_body() {
    rm -f "$_sidestep_marking"
    export SIDESTEP_EXECUTION="${SIDESTEP_EXECUTION:+$SIDESTEP_EXECUTION/}$_sidestep_mark"
    if [ -n "$_sidestep_input" ]; then
        exec <"$_sidestep_input"
    elif [ "$_sidestep_stdin" = none ] || { [ -z "$_sidestep_stdin" ] && _sidestep_shares_input; }; then
        exec </dev/null
    fi
    case $_sidestep_flags in *a*) set -a ;; esac
    case $_sidestep_flags in *e*) set -e ;; esac
    "$@"
}

# Whether standard input is a file that the script has begun to read: the lines of a loop, which the command would eat, and
# which it does not eat when it is repeated. Of a pipe it cannot be told: a here-document of the step is one.
_sidestep_shares_input() {
    [ -f /proc/self/fd/0 ] &&
        [ "$(stat -L -c %d:%i /proc/self/fd/0)" = "$(stat -L -c %d:%i "/proc/$$/fd/0")" ] &&
        ! grep -q '^pos:[[:space:]]*0$' /proc/self/fdinfo/0
}

# --- State --------------------------------------------------------------------------------------------------------
#
# Checkpoints and values that others can read.

# sidestep_checkpoint [--state JSON] [--messages JSON] [--step-number N] [--name NAME]: prints the resume token.
sidestep_checkpoint() (
    _sidestep_is_over && exit 0
    _sidestep_params=$(_sidestep_for_run) || exit
    while [ $# -gt 1 ]; do
        case $1 in
        --state | --messages) _sidestep_params="$_sidestep_params,\"${1#--}\":$2" ;;
        --step-number) _sidestep_params="$_sidestep_params,\"step_number\":$2" ;;
        --name) _sidestep_params="$_sidestep_params,\"name\":$(_sidestep_quote "$2")" ;;
        *) break ;;
        esac
        shift 2
    done
    if [ $# -gt 0 ]; then
        _sidestep_complain "sidestep_checkpoint: what is $1?"
        exit 64
    fi
    _sidestep_must checkpoint "$_sidestep_params}" || exit
    printf '%s\n' "$sidestep_result" | jq -r .resume_token
)

# sidestep_state_set NAME JSON: what the run wants others to see. Without JSON the value is removed.
sidestep_state_set() (
    _sidestep_write state.set "\"name\":$(_sidestep_quote "$1")${2+,\"value\":$2}"
)

# sidestep_state_get NAME [RUN]: prints a value as JSON; status 1 when there is none.
sidestep_state_get() (
    _sidestep_must state.get "{\"run\":$(_sidestep_quote "${2:-$SIDESTEP_RUN}"),\"name\":$(_sidestep_quote "$1")}" ||
        exit
    case $sidestep_result in
    # Cut out as text: jq would turn numbers into doubles.
    '{"value":'*',"found":true}')
        sidestep_result=${sidestep_result#'{"value":'}
        # Outside of double quotes: zsh takes the bracket for the end of the expansion.
        sidestep_result=${sidestep_result%',"found":true}'}
        printf '%s\n' "$sidestep_result"
        ;;
    *) printf '%s\n' "$sidestep_result" | jq -e 'if .found == false then empty else .value end' ;;
    esac
)

# --- Waiting ------------------------------------------------------------------------------------------------------
#
# For signals, promises and time.

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

# --- Telling others -----------------------------------------------------------------------------------------------
#
# Streams, artifacts, events.

# sidestep_stream_append NAME JSON-ARRAY: adds items to a stream of the run.
sidestep_stream_append() (
    _sidestep_write stream.append "\"stream\":$(_sidestep_quote "$1"),\"items\":$2"
)

# sidestep_stream_close NAME [JSON]: ends a stream of the run; JSON is what it came to.
sidestep_stream_close() (
    _sidestep_write stream.close "\"stream\":$(_sidestep_quote "$1")${2+,\"final\":$2}"
)

# sidestep_artifact NAME TYPE CONTENT: attaches a document to the run. TYPE is markdown, link or file with a text, json
# with a value.
sidestep_artifact() (
    case $2 in
    json) _sidestep_content="\"content\":$3" ;;
    file) _sidestep_content="\"path\":$(_sidestep_quote "$3")" ;;
    *) _sidestep_content="\"content\":$(_sidestep_quote "$3")" ;;
    esac
    _sidestep_write artifact.put "\"artifact\":$(_sidestep_quote "$1"),\"type\":\"$2\",$_sidestep_content"
)

# sidestep_emit EVENT [JSON] [ID]: announces a fact; with an ID once, however often it is sent.
sidestep_emit() (
    _sidestep_params="{\"event\":$(_sidestep_quote "$1")${2:+,\"value\":$2}"
    [ -z "${3-}" ] || _sidestep_params="$_sidestep_params,\"event_id\":$(_sidestep_quote "$3")"
    _sidestep_must event.emit "$_sidestep_params}"
)
