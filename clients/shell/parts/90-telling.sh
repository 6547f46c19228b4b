# Telling others: streams, artifacts, events.

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
