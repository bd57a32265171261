#!/bin/sh
# The changes that docs/tour.md shows must still fit the tree, one after the other. Prints TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
n=0
say() { n=$((n + 1)); echo "$1 $n - $2"; }
mkdir "$work/tree"
tar cf - src lang docs/tour | (cd "$work/tree" && tar xf -)
cd "$work/tree" || exit 1
for diff in docs/tour/*.diff; do
    if patch -p1 -s -F0 <"$diff" >"$work/why" 2>&1; then
        say ok "$diff fits"
    else
        say "not ok" "$diff does not fit the tree any more"
        sed 's/^/# /' "$work/why"
    fi
done
# Every line that the tour shows as added stands in one of the two changes.
# shellcheck disable=SC2016 # the backquotes are the page's
missing=$(sed -n '/^```diff/,/^```$/p' "$OLDPWD/docs/tour.md" | grep '^+[^+]' | while IFS= read -r line; do
    grep -qxF -- "$line" docs/tour/*.diff || printf '%s\n' "$line"
done)
if [ -z "$missing" ]; then say ok "the tour shows what the changes do"; else say "not ok" "lines of the tour that are in no change"; printf '%s\n' "$missing" | sed 's/^/# /'; fi
echo "1..$n"
