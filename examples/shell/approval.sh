#!/bin/sh
# A run that asks a person. Kill it anywhere and start it again: it waits on, and pays at most once per yes.
#
#     approval.sh RUN EFFECTS        sidestep approve RUN payment [--deny]
# shellcheck disable=SC2016  # expanded by the shell of the step
set -eu
run=$1 effects=$2

started=$(sidestep start "$run" --workflow approval)
eval "$started"
sidestep step quote -- sh -c 'echo "quote" >>"$1"; echo 120' - "$effects"
answer=$(sidestep wait signal payment --timeout 2d) || exit $?
case $answer in
*'"approved":true'*) sidestep step pay -- sh -c 'echo "pay $SIDESTEP_IDEMPOTENCY_KEY" >>"$1"' - "$effects" ;;
*) sidestep step refuse -- sh -c 'echo "refused" >>"$1"' - "$effects" ;;
esac
sidestep finish --output "$answer"
