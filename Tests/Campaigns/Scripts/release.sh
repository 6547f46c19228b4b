#!/bin/sh
# shellcheck disable=SC2016  # expanded by the shell of the step
# Builds, waits until somebody says yes, publishes once, and tells of it.
set -eu
s=$(sidestep start "$RUN" --workflow release) && eval "$s" || exit

version=$(sidestep step version -- "$EFFECT" version echo 1.2.3)
sidestep step build -- "$EFFECT" build sh -c 'echo "release $0" >"$1"' "$version" "$PLACE/built"
answer=$(sidestep wait signal approve)
[ "$answer" = true ]
sidestep step --at-most-once publish -- "$EFFECT" publish sh -c 'cat "$0" >>"$1"' "$PLACE/built" "$PLACE/published"
sidestep step tell -- "$EFFECT" tell sh -c 'echo "$0 is out" >"$1"' "$version" "$PLACE/told"
sidestep finish
