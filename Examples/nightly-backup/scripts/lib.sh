#!/bin/bash
# What the scripts of this example share; sourced, never run.
#
# A script may run twice: the machine can lose power after the work is done and before anybody knows. So each one writes
# to a name that contains its job and its attempt, removes what earlier attempts of its job left under such names, and
# renames at the end. What has its final name is complete; doing it again gives the same.
set -euo pipefail
export LC_ALL=C

# Set by Lovage; by hand any value will do.
job=${LOVAGE_JOB_ID:-by-hand}
attempt=${LOVAGE_ATTEMPT:-1}
unique=$job.$attempt

# One line of progress; Lovage streams it while the script runs.
say() { printf '%s\n' "$*"; }

# Ends the script, and with it the attempt; the last words are what people read first.
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# The same for input that stays wrong however often it is tried: sysexits.h calls this code EX_USAGE.
refuse() {
    printf '%s\n' "$*" >&2
    exit 64
}

# options NAME... -- "$@": takes `--name value` pairs into variables of these names; each must be given.
options() {
    local names=() name
    while [ "$1" != -- ]; do
        names+=("$1")
        shift
    done
    shift
    while [ $# -gt 0 ]; do
        name=${1#--}
        [[ " ${names[*]} " == *" $name "* ]] || refuse "unknown option $1"
        [ $# -ge 2 ] || refuse "option $1 needs a value"
        printf -v "$name" '%s' "$2"
        shift 2
    done
    for name in "${names[@]}"; do
        [ -n "${!name:-}" ] || refuse "option --$name is missing"
    done
}

# Every path comes from outside: a relative one would mean the scratch folder of the attempt.
absolute() { [[ $1 == /* ]] || refuse "'$1' has to be an absolute path"; }

# The result of the job: one JSON value. By hand it goes to the terminal.
result() {
    if [ -n "${LOVAGE_RESULT:-}" ]; then printf '%s\n' "$1" >"$LOVAGE_RESULT"; else say "$1"; fi
}

# A text as a JSON string.
json_string() {
    local text=$1
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\n'/\\n}
    text=${text//$'\t'/\\t}
    printf '"%s"' "$text"
}

# The ledger is for people who want proof of what ran: a line at the start and at the end of every script, written outside
# of Lovage. It is kept only where BACKUP_LEDGER names a file. One short append is one write, so lines do not mix.
ledger() {
    if [ -z "${BACKUP_LEDGER:-}" ]; then return 0; fi
    printf '%s %s %s %s %s %s\n' "$1" "$step" "$member" "$job" "$attempt" "$(date +%s.%N)" >>"$BACKUP_LEDGER"
}

# begin STEP [MEMBER], finished: around the work of a script.
begin() {
    step=$1
    member=${2:--}
    ledger start
}
finished() { ledger finish; }
