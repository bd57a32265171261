#!/bin/sh
# tools/floors passes a good tree and names what is wrong with a bad one.
set -eu
cd "$(dirname "$0")/.."
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
n=0

# fresh: a small tree that is in order.
fresh() {
    rm -rf "$tree"
    mkdir -p "$tree/tools" "$tree/src/domain"
    cp tools/floors.txt "$tree/tools/"
    for room in base codec crypt link store domain/registry; do
        mkdir -p "$tree/src/$room"
        : >"$tree/src/$room/$(basename $room).h"
    done
    : >"$tree/src/store/store_int.h"
    put store/db.c base/base.h store/store_int.h crypt/crypt.h
    put domain/registry/person.c store/store.h domain/registry/registry.h
}

put() { # put FILE HEADER...: src/FILE includes the headers
    file=$tree/src/$1
    shift
    for header in "$@"; do echo "#include \"$header\""; done >"$file"
}

result() { # result OK NAME
    n=$((n + 1))
    if [ "$1" = yes ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

good() {
    if tools/floors "$tree" 2>"$tree/out"; then result yes "$1"; else sed 's/^/# /' "$tree/out"; result no "$1"; fi
}

bad() { # bad NAME TEXT: it fails, and says TEXT
    if tools/floors "$tree" 2>"$tree/out"; then
        result no "$1"
    elif [ "$(wc -l <"$tree/out")" = 1 ] && grep -qF "$2" "$tree/out"; then
        result yes "$1"
    else
        sed 's/^/# /' "$tree/out"
        result no "$1"
    fi
}

echo 1..12
fresh
good 'a tree in order passes'
fresh; put base/a.c store/store.h
bad 'a lower room includes a higher one' 'base/a.c:1: store/store.h: store is on a higher floor'
fresh; put base/a_test.c store/store.h
bad 'so does a test' 'higher floor'
fresh; put crypt/cose.c codec/codec.h
bad 'a neighbour that the README does not list' "src/crypt/README.md has no 'Uses: codec'"
fresh; put crypt/cose.c codec/codec.h; printf '# crypt\n\nUses: base, codec.\n' >"$tree/src/crypt/README.md"
good 'a neighbour that it lists'
fresh; put codec/a.c crypt/crypt.h; echo 'Uses: crypt' >"$tree/src/codec/README.md"
bad 'a neighbour that comes later' 'put crypt before codec'
fresh; put crypt/a_test.c codec/codec.h
good 'a test may use a neighbour that comes before'
fresh; put domain/registry/a.c store/store_int.h
bad "another room's private header" 'it is private to store'
fresh; put link/a.c store/store.h
bad 'an engine includes the store' 'store is on a higher floor'
fresh; mkdir "$tree/src/attic"; put attic/a.c base/base.h
bad 'a folder that is on no floor' 'in no room'
fresh; put base/a.c base/nothing.h
bad 'a header that does not exist' 'there is no such header'
fresh; put base/a.c base.h
bad 'a header not written from src/' 'write it from src/'
