#!/bin/sh
# shellcheck disable=SC2016  # expanded by the shell of the step
# Fetches many files, eight at a time.
set -eu
s=$(sidestep start "$RUN" --workflow downloads) && eval "$s" || exit

seq "$COUNT" | xargs -P 8 -I '{}' sidestep step "get:{}" -- "$EFFECT" "get:{}" cp "$PLACE/source/{}" "$PLACE/got.{}"
sidestep step list -- "$EFFECT" list sh -c 'cat "$0"/got.* | sort -n >"$0/list"' "$PLACE"
sidestep finish
