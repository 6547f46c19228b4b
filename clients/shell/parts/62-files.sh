# Files that a step makes: with --produces they are its result.

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
