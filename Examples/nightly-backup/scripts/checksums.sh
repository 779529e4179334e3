#!/bin/bash
# Writes SHA256SUMS beside the archives, after it has made sure that there is one for every list.
#
# Reads the results of the archive step, a JSON list, from its standard input and keeps it as archives.json.
# Result: {"sums", "count", "bytes"}
. "$(dirname "$0")/lib.sh"
options folder -- "$@"
begin checksums
cd "$folder/archives"

archives=()
for list in ../lists/*.list; do
    archive=$(basename "$list" .list).tar.gz
    [ -f "$archive" ] || fail "the archive $archive is missing"
    archives+=("$archive")
done

rm -f .SHA256SUMS.* .archives.json.*
cat >".archives.json.$unique"
mv -T ".archives.json.$unique" archives.json

sha256sum -- "${archives[@]}" >".SHA256SUMS.$unique"
sync ".SHA256SUMS.$unique"
mv -T ".SHA256SUMS.$unique" SHA256SUMS
cat SHA256SUMS

bytes=$(stat --format %s -- "${archives[@]}" | awk '{ sum += $1 } END { printf "%.0f", sum }')
result "$(printf '{"sums":%s,"count":%d,"bytes":%s}' "$(json_string "$PWD/SHA256SUMS")" ${#archives[@]} "$bytes")"
finished
