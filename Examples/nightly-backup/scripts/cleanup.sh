#!/bin/bash
# The failure branch: removes what an unfinished backup left, after a failure or a cancel.
#
# Result: {"removed"}, true when there was something
. "$(dirname "$0")/lib.sh"
options folder -- "$@"
begin cleanup
absolute "$folder"
[[ $(basename "$folder") == unfinished-* ]] || refuse "'$folder' is no unfinished backup"

removed=false
if [ -e "$folder" ]; then
    removed=true
    # Under another name first: a script that was cancelled may still have a moment to live, and finds nothing to write to.
    gone=$(dirname "$folder")/.removing-$(basename "$folder")
    rm -rf "$gone"
    mv -T "$folder" "$gone"
    rm -rf "$gone"
fi
say "$folder: removed"
result "{\"removed\":$removed}"
finished
