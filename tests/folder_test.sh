#!/bin/sh
# A folder that an earlier program wrote is opened, found whole, and has the same records. Prints TAP.
#
# tests/fixtures/folder-1.tar.gz is `panah demo --people 25 --seed 7 --until 2026-10-31` of version 0.1.0; the
# CSV files beside it are what `panah query` said then. Fields that came later are not compared.
set -u
cd "$(dirname "$0")/.." || exit 1
panah=${PANAH_BIN:-$PWD/build/release/panah}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
say() { n=$((n + 1)); echo "$1 $n - $2"; }
check() { # check WHAT COMMAND...
    what=$1
    shift
    if "$@" >"$work/said" 2>&1; then say ok "$what"; else say "not ok" "$what"; sed 's/^/# /' "$work/said"; fi
}
same_records() { # same_records KIND
    columns=$(head -1 "tests/fixtures/folder-1/$1.csv" | cut -d, -f3-)
    "$panah" -d "$work/folder" query "$1" --format csv --columns "$columns" >"$work/said.csv" || return
    sort "tests/fixtures/folder-1/$1.csv" >"$work/was.csv" # tables made anew have another order
    sort "$work/said.csv" >"$work/is.csv"
    diff "$work/was.csv" "$work/is.csv"
}
if [ ! -x "$panah" ]; then
    echo "1..0 # SKIP no $panah"
    exit 0
fi
mkdir -m 700 "$work/folder"
tar xzf tests/fixtures/folder-1.tar.gz -C "$work/folder" || exit 1
check 'an earlier folder is found whole' "$panah" -d "$work/folder" verify --all-seals
check 'its tables are what its ledger says' "$panah" -d "$work/folder" rebuild --check
for csv in tests/fixtures/folder-1/*.csv; do
    kind=$(basename "$csv" .csv)
    check "the records of $kind are the same" same_records "$kind"
done
echo "1..$n"
