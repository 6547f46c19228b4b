#!/bin/sh
# shellcheck disable=SC2016  # expanded by the shell of the step
# Packs a folder, copies it to three places, and notes its checksum.
set -eu
s=$(sidestep start "$RUN" --workflow backup) && eval "$s" || exit

sidestep step --retry 3 pack -- "$EFFECT" pack tar -C "$PLACE" -cf "$PLACE/backup.tar" source
sum=$(sidestep step sum -- "$EFFECT" sum sha256sum "$PLACE/backup.tar")
for host in a b c; do
    sidestep step "copy:$host" -- "$EFFECT" "copy:$host" cp "$PLACE/backup.tar" "$PLACE/$host.tar"
done
sidestep step note -- "$EFFECT" note sh -c 'echo "$1" >"$2"' note "$sum" "$PLACE/note"
sidestep finish
