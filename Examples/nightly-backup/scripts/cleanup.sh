#!/bin/bash
# The failure branch: removes what an unfinished backup left.
#
# Result: {"removed"}, true when there was something
. "$(dirname "$0")/lib.sh"
options folder -- "$@"
begin cleanup
absolute "$folder"
[[ $(basename "$folder") == unfinished-* ]] || fail "'$folder' is no unfinished backup"

removed=false
if [ -e "$folder" ]; then
    removed=true
    rm -rf "$folder"
fi
say "$folder: removed"
result "{\"removed\":$removed}"
finished
