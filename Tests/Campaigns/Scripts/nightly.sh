#!/bin/sh
# shellcheck disable=SC2016  # expanded by the shell of the step
# What cron starts twice: the second one finds that the run is owned, and ends with 75.
set -eu
s=$(sidestep start "$RUN" --workflow nightly) && eval "$s" || exit

for part in dump rotate; do
    while read -r table; do
        sidestep step "$part:$table" -- "$EFFECT" "$part:$table" sh -c 'cat; echo "$0" >"$1"' "$table" "$PLACE/$part.$table"
    done <"$PLACE/tables"
done
sidestep finish
