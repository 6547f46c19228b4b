# State: checkpoints and values that others can read.

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
