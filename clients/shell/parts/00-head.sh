# shellcheck shell=sh
# shellcheck disable=SC2030,SC2031  # functions in round brackets change variables of their subshell on purpose
# shellcheck disable=SC2154  # jq's @sh assigns them
# shellcheck disable=SC2094  # a file is read twice in a pipeline, written never
# Durable steps for POSIX shells, on socat and jq alone:
#
#     . sidestep.sh
#     sidestep_start nightly-1 || exit
#     sidestep_step fetch curl -sf https://example.org/data -o data
#     total=$(sidestep_step count wc -l data)
#     sidestep_finish "{\"total\": ${total%% *}}"
#
# Run the script again: finished steps are not repeated, they print what they printed before.
#
# A step may be a command or a function of the script. It runs in a subshell, so variables it sets are gone
# afterwards, as they are when it is repeated from the journal.
#
# Names: what users call begins with sidestep_, what is ours with _sidestep_. From sidestep_start on descriptor 7 is
# ours, too. Functions in round brackets run in a subshell: sh has no local variables, and steps may be nested.
#
# Status: that of the step's command; 64 wrong usage, 69 no daemon, 75 not now, 70 other errors of Sidestep. After
# sidestep_start the variable sidestep_error holds the kind of an error.
#
# Made by `make generate` from clients/shell/parts, a file for each of these:
#
# <map>
