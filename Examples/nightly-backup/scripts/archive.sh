#!/bin/bash
# Packs the entries of one list into a compressed archive.
#
# `pace` makes it wait that many milliseconds before the archive gets its name, for those who want to watch, or to pull the plug.
# Result: {"name", "path", "entries", "bytes"}
. "$(dirname "$0")/lib.sh"
options source list out pace -- "$@"
name=$(basename "$list" .list)
begin archive "$name"

prefix=$(dirname "$out")/.$(basename "$out")
rm -f "$prefix".*
temporary=$prefix.$unique
entries=$(tr -dc '\0' <"$list" | wc -c)
say "$name: packing $entries entries"

# A file that changes while it is read makes tar fail, and that is right: half of an old and half of a new file is no backup.
tar --create --gzip --file "$temporary" --directory "$source" --null --files-from "$list"

if [ "$pace" -gt 0 ]; then
    say "$name: packed, waiting $pace ms"
    sleep "$(printf '%d.%03d' $((pace / 1000)) $((pace % 1000)))"
fi

# On the disk before it has its name; otherwise a power cut could leave a complete name on an incomplete file.
sync "$temporary"
mv -T "$temporary" "$out"
bytes=$(stat --format %s "$out")
say "$name: $bytes bytes in $out"
result "$(printf '{"name":"%s","path":%s,"entries":%d,"bytes":%d}' "$name" "$(json_string "$out")" "$entries" "$bytes")"
finished
