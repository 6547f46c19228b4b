#!/bin/sh
# Works through the text files of a directory: one durable step per file, one that sums up.
#
#     files.sh DIR RUN EFFECTS [DELAY_SECONDS]
#
# Kill it at any moment and start it again with the same arguments: it goes on after the last finished file. Every
# execution of a step's command leaves a line in EFFECTS, so a repetition would be seen there.
# shellcheck disable=SC2016  # the texts in single quotes are for the shells of the steps
set -eu

if [ $# -lt 3 ]; then
    echo "usage: files.sh DIR RUN EFFECTS [DELAY_SECONDS]" >&2
    exit 64
fi
directory=$1 run=$2 effects=$3 delay=${4:-0}

# A step's command is a program of its own, so what it needs is handed to it.
count='sleep "$3"; words=$(wc -w <"$1"); echo "${1##*/}: $words words" >>"$2"; echo "$words"'
summary='echo "summary: $1 files, $2 words" >>"$3"; echo "$1 files, $2 words"'

started=$(sidestep start "$run" --workflow files)
eval "$started"

# Which files there are is a result, too: a file that comes later must not change this run.
names=$(sidestep step list -- sh -c 'ls "$1" | grep -E "\.(txt|md)$" | sort' list "$directory")

files=0 words=0
for name in $names; do
    counted=$(sidestep step "count:$name" --retry 3 -- sh -c "$count" count "$directory/$name" "$effects" "$delay")
    files=$((files + 1))
    words=$((words + counted))
    echo "$name: $counted words"
    sidestep checkpoint --state "{\"files\": $files, \"words\": $words}" --step-number "$files" >/dev/null
done

sidestep step summary -- sh -c "$summary" summary "$files" "$words" "$effects"
sidestep finish --output "{\"files\": $files, \"words\": $words}"
