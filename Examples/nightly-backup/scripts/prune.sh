#!/bin/bash
# Removes all but the newest backups, and what unfinished ones left that nothing has written to for a day: such as of a run
# that was cancelled without cleanup. Names sort by time, because a run's id begins with its time.
#
# Result: {"kept", "removed"}, numbers
. "$(dirname "$0")/lib.sh"
options destination keep -- "$@"
begin prune
cd "$destination"
shopt -s nullglob

# Renamed before it is removed: what is half gone must not look like a backup. These were left by a crash.
rm -rf .removing-*

# Only what this workflow named; a folder that somebody put here is not ours to remove.
backups=(backup-????????-????-7???-????-????????????)
removed=0
for ((i = 0; i < ${#backups[@]} - keep; i++)); do
    say "removing ${backups[i]}"
    mv -T "${backups[i]}" ".removing-${backups[i]}"
    rm -rf ".removing-${backups[i]}"
    removed=$((removed + 1))
done

for folder in unfinished-????????-????-7???-????-????????????; do
    if [ -z "$(find "$folder" -mmin -1440 -print -quit)" ]; then
        say "removing $folder, left behind"
        mv -T "$folder" ".removing-$folder"
        rm -rf ".removing-$folder"
    fi
done

kept=$((${#backups[@]} - removed))
say "$kept backups kept, $removed removed"
result "$(printf '{"kept":%d,"removed":%d}' "$kept" "$removed")"
finished
