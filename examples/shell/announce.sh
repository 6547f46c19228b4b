#!/bin/sh
# Shows while it works and tells when it is done: a stream that others follow, a document, an event.
#
#     announce.sh RUN [DELAY_SECONDS]
#
# Beside it, in other terminals: sidestep watch RUN; sidestep stream read progress --run RUN --follow --text
# shellcheck disable=SC2016  # the texts in single quotes are for the shells of the steps
set -eu

if [ $# -lt 1 ]; then
    echo "usage: announce.sh RUN [DELAY_SECONDS]" >&2
    exit 64
fi
run=$1 delay=${2:-0}

started=$(sidestep start "$run" --workflow announce)
eval "$started"
total=0
for page in 1 2 3 4 5; do
    words=$(sidestep step "page:$page" -- sh -c 'sleep "$1"; echo $(($2 * 100))' sh "$delay" "$page")
    total=$((total + words))
done
# Written within a step each, so that a script that is started again does not write them twice.
sidestep step progress -- sh -c 'seq 5 | sed "s/.*/page & is read/" | sidestep stream append progress --lines'
sidestep step report -- sidestep artifact put report --markdown "# $total words"
sidestep stream close progress --final "$total"
sidestep emit report.done "{\"run\": \"$run\", \"words\": $total}" --id "$run"
sidestep finish --output "$total"
