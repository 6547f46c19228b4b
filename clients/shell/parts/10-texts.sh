# Texts: what users are told, and JSON strings.

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
