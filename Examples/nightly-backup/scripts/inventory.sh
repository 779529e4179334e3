#!/bin/bash
# Lists the entries of the source and deals them into groups of similar size.
#
# Result: {"folder", "entries", "files", "bytes", "groups": [{"name", "list", "archive", "restored", "entries", "bytes"}, …]}
# A list holds names relative to the source, each ended by a NUL, because a name may contain anything else.
. "$(dirname "$0")/lib.sh"
options source folder parts -- "$@"
begin inventory
absolute "$source"
absolute "$folder"
[ -d "$source" ] || fail "the source '$source' is no directory"

mkdir -p "$folder/archives" "$folder/restored"
rm -rf "$folder"/.lists.*
new=$folder/.lists.$unique
mkdir "$new"

# The size of each entry, the largest first. Without --count-links du leaves out the second name of a file.
cd "$source"
find . -mindepth 1 -maxdepth 1 -printf '%P\0' | sort -z | du -0 -s --count-links --apparent-size -B1 --files0-from=- |
    sort -z -k1,1nr -k2 >"$new/.sizes"
[ -s "$new/.sizes" ] || fail "the source '$source' is empty"

# Each entry goes to the group that is the smallest so far: with the largest first this comes close to equal sizes.
entries=0
bytes=0
group_bytes=()
group_entries=()
while IFS= read -r -d '' line; do
    size=${line%%$'\t'*}
    smallest=0
    if [ ${#group_bytes[@]} -lt "$parts" ]; then
        smallest=${#group_bytes[@]}
        group_bytes+=(0)
        group_entries+=(0)
    else
        for ((i = 1; i < parts; i++)); do
            if ((group_bytes[i] < group_bytes[smallest])); then smallest=$i; fi
        done
    fi
    printf -v name 'part-%02d' $((smallest + 1))
    printf '%s\0' "${line#*$'\t'}" >>"$new/$name.list"
    ((group_bytes[smallest] += size, group_entries[smallest] += 1, bytes += size, entries += 1))
done <"$new/.sizes"
rm "$new/.sizes"

files=$(find . -type f -printf . | wc -c)
say "$source: $entries entries, $files files, $bytes bytes, in ${#group_bytes[@]} groups"

groups=
for ((i = 0; i < ${#group_bytes[@]}; i++)); do
    printf -v name 'part-%02d' $((i + 1))
    sort -z -o "$new/$name.list" "$new/$name.list"
    say "$name: ${group_entries[i]} entries, ${group_bytes[i]} bytes"
    groups+=${groups:+,}$(printf '{"name":"%s","list":%s,"archive":%s,"restored":%s,"entries":%d,"bytes":%d}' "$name" \
        "$(json_string "$folder/lists/$name.list")" "$(json_string "$folder/archives/$name.tar.gz")" \
        "$(json_string "$folder/restored/$name")" "${group_entries[i]}" "${group_bytes[i]}")
done

rm -rf "$folder/lists"
mv -T "$new" "$folder/lists"
result "$(printf '{"folder":%s,"entries":%d,"files":%d,"bytes":%d,"groups":[%s]}' \
    "$(json_string "$folder")" "$entries" "$files" "$bytes" "$groups")"
finished
