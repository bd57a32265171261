#!/bin/sh
# Does a bare Debian 12 with nothing but its own packages test and build what is committed?
# Prints TAP. Needs root, debootstrap, a network and about 3 GB in $TMPDIR; takes minutes.
#   tests/slow/bookworm_chroot.sh [SUITE...]     only these suites, as in ./dev test SUITE...
set -eu

# A mount namespace of our own: what we mount is gone when we are.
if [ "${IN_NAMESPACE:-0}" != 1 ]; then
    exec env IN_NAMESPACE=1 unshare --mount --propagation private "$0" "$@"
fi

cd "$(dirname "$0")/../.."
chroot=$(mktemp -d)
log=$chroot.log
n=0
trap finish EXIT
trap 'exit 1' INT TERM

finish() {
    for m in proc sys dev/shm dev/pts dev; do
        umount "$chroot/$m" 2>/dev/null || true
    done
    if mountpoint -q "$chroot/dev"; then
        echo "# $chroot is left behind: something in it is still running"
    else
        rm -rf "$chroot"
    fi
    rm -f "$log"
}

step() { # step NAME COMMAND...: one test; the end of its output where it fails
    n=$((n + 1))
    name=$1
    shift
    if "$@" >"$log" 2>&1; then
        tail -n 1 "$log" | sed 's/^/# /'
        echo "ok $n - $name"
    else
        grep -A 20 '^FAILED' "$log" | sed 's/^/# /'
        tail -n 60 "$log" | sed 's/^/# /'
        echo "not ok $n - $name"
        exit 1
    fi
}

bare_debian() {
    debootstrap --variant=minbase --include=ca-certificates bookworm "$chroot" \
        "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
    mount -t proc proc "$chroot/proc"
    mount -t sysfs sysfs "$chroot/sys"
    mount --bind /dev "$chroot/dev"
    mount -t devpts devpts "$chroot/dev/pts"
    mount -t tmpfs tmpfs "$chroot/dev/shm"
}

# The host's way to the network: sources of Debian itself, apt's settings, certificates, names.
network() {
    for f in /etc/apt/sources.list /etc/apt/sources.list.d/debian.* /etc/apt/apt.conf \
        /etc/apt/apt.conf.d /etc/resolv.conf /etc/hosts /usr/local/share/ca-certificates; do
        [ ! -e "$f" ] || cp -RL "$f" "$chroot$(dirname "$f")/"
    done
    inside chroot "$chroot" update-ca-certificates
}

inside() { # inside COMMAND...: as root in the chroot, with a clean environment but for the network's
    set -- HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$@"
    for v in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY npm_config_registry; do
        value=$(printenv "$v" || true)
        [ -z "$value" ] || set -- "$v=$value" "$@"
    done
    env -i "$@"
}

sources() {
    mkdir "$chroot/panah"
    git archive HEAD | tar -x -C "$chroot/panah"
}

dev() { inside chroot "$chroot" sh -c 'cd /panah && exec ./dev "$@"' dev "$@"; }

program() { test -x "$chroot/panah/build/release/panah"; }

echo 1..6
step 'debootstrap makes a bare Debian 12' bare_debian
step 'it reaches the network' network
step 'what is committed is copied in' sources
step './dev test passes' dev test "$@"
step './dev build release passes' dev build release
step 'the program is there' program
