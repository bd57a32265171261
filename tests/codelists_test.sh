#!/bin/sh
# codelists_test.sh: the code lists are in order, and tools/codes finds what is wrong with one.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

result() { # result STATUS NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

row() { printf '%s\t%s\t%s\t%s\tE\tF\tD\tP\tA\n' "$@" >>"$work/lists/own.tsv"; }

fresh() { # a list of two codes, one of them withdrawn
    rm -rf "$work/lists"
    mkdir "$work/lists"
    {
        printf '# source: Panah\n# version: 2\n# parent: own\n'
        for l in en fr fa ps ar; do printf '# title.%s: T\n' $l; done
        printf 'code\tsince\tuntil\tparent\ten\tfr\tfa\tps\tar\n'
    } >"$work/lists/own.tsv"
    row A 1 '' ''
    row B 1 2 A
}

refused() { # refused WANT NAME
    if tools/codes "$work/lists" "$work/out.c" "$work/out.d" >"$work/said" 2>&1; then
        result 1 "$2"
    else
        grep -qF -- "$1" "$work/said"
        result $? "$2"
    fi
}

tools/codes data/codes "$work/out.c" "$work/out.d" >"$work/said" 2>&1
result $? 'the lists of data/codes'
sed 's/^/# /' "$work/said"

fresh
tools/codes "$work/lists" "$work/out.c" "$work/out.d" && grep -q codes_own "$work/out.c"
result $? 'a small list'
row A 1 '' ''
refused 'own:12: A is there twice' 'a code twice'
fresh
row C 3 '' ''
refused 'since is not a version' 'a version to come'
fresh
row C 1 1 ''
refused 'until is not a later version' 'withdrawn when it came'
fresh
row C 1 '' Z
refused 'there is no parent Z' 'an unknown parent'
fresh
row 'C D' 1 '' ''
refused "'C D' is no code" 'a code with a space'
fresh
printf 'C\t1\t\t\tE\tF\tD\t\tA\n' >>"$work/lists/own.tsv"
refused 'C has no label in ps' 'a label that is missing'
fresh
printf 'C\t1\t\tE\n' >>"$work/lists/own.tsv"
refused '4 columns, 9 wanted' 'columns that are missing'
fresh
sed -i '/title.ar/d' "$work/lists/own.tsv"
refused "no line '# title.ar" 'a title that is missing'
fresh
sed -i 's/\tuntil//' "$work/lists/own.tsv"
refused 'the heading is not' 'another heading'
echo "1..$n"
