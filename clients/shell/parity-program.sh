# shellcheck shell=sh
# What the programs of the parity scenarios are written with; parity.sh puts their instructions after it.
# Given: RUN, EFFECTS, TELL, ANSWER, CLIENT.

# shellcheck source=/dev/null
. "$CLIENT"

ends() {
    echo "$1" >"$EFFECTS.ends"
    # As a workflow of the other clients does: somebody must act before the run can go on.
    [ "$1" != step_unknown ] || sidestep_release
    exit 1
}

# The whole process group: a step's body runs in a subshell.
die() {
    kill -9 0
}

# The kind of the last error that was printed; a step that failed prints none.
kind() {
    sed -n 's/.*\[\([a-z_]*\)\]$/\1/p' "$EFFECTS.err" | tail -1
}

# run_step EXPECTED ERROR ARGUMENTS…
run_step() {
    wanted=$1 error=$2
    shift 2
    : >"$EFFECTS.err"
    if got=$(sidestep_step "$@" 2>"$EFFECTS.err"); then
        [ -z "$error" ] || ends "the step did not end with $error"
        [ "$got" = "$wanted" ] || ends "the step gave $got, not $wanted"
    else
        found=$(kind)
        [ "${found:-step_failed}" = "$error" ] || ends "${found:-step_failed}"
    fi
}

expect_messages() {
    got=$(sidestep_call checkpoint.messages "{\"run\": \"$RUN\"}" 2>/dev/null | jq -c .messages)
    [ "${got:-[]}" = "$1" ] || ends "messages are $got, not $1"
}

expect_state() {
    got=$(sidestep_state_get "$1") || got=null
    [ "$got" = "$2" ] || ends "state is $got, not $2"
}
