#!/bin/bash
# Compares what was restored with the source: names, types, permissions, link targets, and every byte.
#
# A difference is a failure, also when the source changed since the inventory: then the backup is not one of this source.
# Result: {"entries", "files", "differences": 0}
. "$(dirname "$0")/lib.sh"
options source folder -- "$@"
begin compare
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# 1. The same things are there. Links are described, not followed.
describe() { (cd "$1" && find . -mindepth 1 -printf '%P\t%y\t%m\t%l\n'); }
describe "$source" | sort >"$scratch/source"
for part in "$folder"/restored/part-*; do describe "$part"; done | sort >"$scratch/restored"
if ! diff "$scratch/source" "$scratch/restored" >"$scratch/difference"; then
    head -n 20 "$scratch/difference" >&2
    fail "the source (<) and what was restored (>) do not hold the same"
fi
files=$(find "$source" -type f -printf . | wc -c)

# 2. And they hold the same bytes.
entries=0
differences=0
for list in "$folder"/lists/*.list; do
    part=$(basename "$list" .list)
    while IFS= read -r -d '' entry; do
        diff --recursive --no-dereference --brief "$source/$entry" "$folder/restored/$part/$entry" ||
            differences=$((differences + 1))
        entries=$((entries + 1))
    done <"$list"
    say "$part: compared"
done

[ "$differences" -eq 0 ] || fail "$differences of $entries entries differ"
say "$entries entries, $files files: the same"
result "$(printf '{"entries":%d,"files":%d,"differences":0}' "$entries" "$files")"
finished
