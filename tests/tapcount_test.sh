#!/bin/sh
# tools/tapcount: what ./dev test adds up.
set -eu
cd "$(dirname "$0")/.."
n=0

counts() { # counts NAME STATUS "passed failed skipped" <TAP
    n=$((n + 1))
    got=$(tools/tapcount -v status="$2" /dev/stdin)
    if [ "$got" = "$3" ]; then echo "ok $n - $1"; else echo "not ok $n - $1: $got, not $3"; fi
}

lines() { printf '%b\n' "$@"; }

echo 1..11
lines 1..2 'ok 1 - a' 'ok 2 - b' '# ok - group' | counts 'one group' 0 '2 0 0'
lines 1..1 'ok 1 - a' 1..2 'ok 1 - b' 'ok 2 # SKIP c' | counts 'several groups and a skip' 0 '2 0 1'
lines 1..2 'not ok 1 - a' '# why' 'ok 2 - b' | counts 'a failure is counted once' 1 '1 1 0'
lines 1..3 'ok 1 - a' | counts 'a crash in mid-plan' 139 '1 1 0'
lines 1..3 'ok 1 - a' | counts 'a short plan with exit status 0' 0 '1 1 0'
lines 1..1 'ok 1 - a' | counts 'all well, but a bad exit (a leak)' 1 '1 1 0'
lines 1..0 | counts 'no test at all' 0 '0 1 0'
printf '' | counts 'no output at all' 0 '0 1 0'
lines 'ok 1 - a' 'Bail out! no disk' | counts 'a bail-out' 0 '1 1 0'
lines 'okay then' '    ok 1 - nested' 'ok 1 - a' 1..1 | counts 'prose and nested lines do not count' 0 '1 0 0'
lines '    ok 1 - x' '    not ok 2 - y' '    1..2' 'not ok 1 - file' 1..1 '# tests 4' '# suites 1' \
    '# pass 1' '# fail 1' '# cancelled 1' '# skipped 1' '# todo 0' |
    counts "the sum of Node's runner" 1 '1 2 1'
