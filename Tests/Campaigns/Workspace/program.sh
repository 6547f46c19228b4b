#!/bin/bash
# An agent's tools as they are in life: each appends, moves or deletes, and none looks whether it was done before.
#
#     program.sh LOG      in the folder that it works in; LOG gets a line for each tool that has ended
set -eu
log=$1
said() { echo "$1" >>"$log"; }
for turn in 1 2 3 4 5; do
    echo "turn $turn" >>notes
    said "append $turn"
    mkdir -p "work/$turn"
    cp notes "work/$turn/copy"
    said "copy $turn"
    mv "input/$turn" "work/$turn/taken"
    said "move $turn"
    sed -i "s/total .*/total $(($(sed -n 's/total //p' total) + turn))/" total
    said "count $turn"
    ln -s "../work/$turn/taken" "input/link-$turn"
    said "link $turn"
    rm -f "old-$turn"
    chmod u+x "work/$turn/copy"
    said "delete $turn"
done
echo "done" >>notes
