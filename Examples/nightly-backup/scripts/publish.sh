#!/bin/bash
# Gives the backup, which has been compared by now, its final name. Before that nobody can take it for a backup.
#
# Result: {"path", "bytes"}
. "$(dirname "$0")/lib.sh"
options folder final -- "$@"
begin publish

# An earlier attempt may have got as far as the rename.
if [ -d "$folder" ]; then
    rm -rf "$folder/restored"
    mv -T "$folder" "$final"
fi
[ -d "$final" ] || fail "there is neither '$folder' nor '$final'"

bytes=$(du -s --apparent-size -B1 "$final" | cut -f1)
say "$final: $bytes bytes"
result "$(printf '{"path":%s,"bytes":%d}' "$(json_string "$final")" "$bytes")"
finished
