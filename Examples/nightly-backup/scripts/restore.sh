#!/bin/bash
# Unpacks one archive into a scratch folder, if its checksum is right.
#
# Result: {"name", "path", "files"}
. "$(dirname "$0")/lib.sh"
options archive into -- "$@"
name=$(basename "$into")
begin restore "$name"

cd "$(dirname "$archive")"
grep -F "  $(basename "$archive")" SHA256SUMS | sha256sum --check --strict --quiet - ||
    fail "$name: the archive is not the one whose checksum was taken"

prefix=$(dirname "$into")/.$name
rm -rf "$prefix".*
temporary=$prefix.$unique
mkdir "$temporary"
tar --extract --gzip --preserve-permissions --file "$archive" --directory "$temporary"

rm -rf "$into"
mv -T "$temporary" "$into"
files=$(find "$into" -type f -printf . | wc -c)
say "$name: $files files restored"
result "$(printf '{"name":"%s","path":%s,"files":%d}' "$name" "$(json_string "$into")" "$files")"
finished
