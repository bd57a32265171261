#!/bin/sh
# messages_test.sh: every text in every language, and tools/messages finds what is wrong.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

result() { # result STATUS NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# refused WANT NAME [OPTION]: tools/messages must fail and say WANT.
refused() {
    if tools/messages ${3:+"$3"} "$work/lang" "$work/out.c" "$work/out.d" >"$work/said" 2>&1; then
        result 1 "$2"
    else
        grep -qF -- "$1" "$work/said"
        result $? "$2"
    fi
}

fresh() { # a complete small catalogue
    rm -rf "$work/lang"
    for l in en fr fa ps ar; do
        mkdir -p "$work/lang/$l"
        echo '{"a": "A {x}", "b": "B"}' >"$work/lang/$l/one.json"
    done
}

tools/messages --check lang >"$work/said" 2>&1
result $? 'no text is missing in any language'
sed 's/^/# /' "$work/said"

fresh
tools/messages --check "$work/lang" "$work/out.c" "$work/out.d" && grep -q builtin_messages "$work/out.c"
result $? 'a complete catalogue'

echo '{"b": "B"}' >"$work/lang/fr/two.json"
refused 'b has a text already' 'a key in two files'
fresh
echo '{"a": "A {y}", "b": "B"}' >"$work/lang/fr/one.json"
refused "fr: a has the placeholders ['y']" 'other placeholders'
fresh
echo '{"a": "A {x}", "a": "A {x}"}' >"$work/lang/fr/one.json"
refused 'a has a text already' 'a key twice in a file'
fresh
for l in en fr fa ps ar; do
    echo '{"a.one": "{n} day", "a.other": "{n} days"}' >"$work/lang/$l/two.json"
done
echo '{"a.one": "a day", "a.other": "{n} days", "a.two": "two days"}' >"$work/lang/ar/two.json"
tools/messages --check "$work/lang"
result $? 'plural forms say the number in words'
fresh
echo '{"a": 1}' >"$work/lang/fr/one.json"
refused 'a is no text' 'a number'
fresh
echo '{"a": "A {x}",}' >"$work/lang/fr/one.json"
refused 'one.json: ' 'broken JSON'
fresh
echo '["a"]' >"$work/lang/fr/one.json"
refused 'no JSON object' 'a list'
fresh
echo '{"a": "A {x}"}' >"$work/lang/ps/one.json"
refused 'ps: no text for b' 'a missing text' --check
tools/messages "$work/lang" "$work/out.c" "$work/out.d" 2>"$work/said" &&
    grep -qF 'lang/ps: 1 texts are missing' "$work/said"
result $? 'a missing text is but a warning in a build'
echo 'b ps' >"$work/lang/incomplete.txt"
tools/messages --check "$work/lang"
result $? 'a missing text that is excused'
fresh
echo '{"b": "B", "a": "A {x}"}' >"$work/lang/ar/one.json"
refused 'the keys are not in order' 'keys out of order' --check
fresh
echo '{"a": "A {x}", "b": "B", "c": "C"}' >"$work/lang/ar/one.json"
refused 'ar: English has no c' 'a key that English lacks' --check
echo "1..$n"
