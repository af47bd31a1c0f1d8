#!/usr/bin/env bash
# Builds local images under the tags used by the Dockerfiles and compose, from Debian packages and this machine's .NET SDK, for machines
# that cannot pull images. Needs root, debootstrap, a Docker engine, Debian as the host, and packages restored once (./pollux up does that).
# Every image built here carries the label io.pollux.stand-in; existing images are left alone.
set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
REPO=$(readlink -f "$HERE/../..")
SDK=mcr.microsoft.com/dotnet/sdk:10.0-noble
RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
DEBIAN=pollux/debian:bookworm
SERVERS=(postgres:15.14-bookworm rabbitmq:3.13.7 eclipse-mosquitto:2.0.22 prom/prometheus:v2.55.1)

work=$(mktemp -d "${TMPDIR:-/tmp}/pollux-base.XXXXXX")
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*"; }
fail() { printf 'offline-base: %s\n' "$*" >&2; exit 1; }
have() { docker image inspect "$1" >/dev/null 2>&1; }

import() { # tag change... <tar
    local tag=$1 change arguments=()
    shift
    for change in "$@"; do arguments+=(--change "$change"); done
    docker import --change "LABEL io.pollux.stand-in=true" "${arguments[@]}" - "$tag" >/dev/null
    say "made $tag"
}

# The first mirror in the host's own list, so that no address is hard-coded here.
mirror() { awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^https?:/) { print $i; exit } }' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null; }

debian() {
    local root="$work/debian"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$(mirror)" >"$work/log" 2>&1 || { tail -5 "$work/log" >&2; fail "debootstrap failed"; }
    rm -rf "$root"/var/cache/apt/archives/*.deb
    # The build trusts the same certificates as the host, e.g. for package registries.
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    tar -c -C "$root" . | import "$DEBIAN"
}

dotnet_root() { dirname "$(readlink -f "$(command -v dotnet)")"; }

# The packages used by the services' last restore; with them, a restore needs no network.
restored_packages() {
    local packages=${NUGET_PACKAGES:-$HOME/.nuget/packages} name
    cd "$packages"
    grep -ho '"path": "[^"]*"' "$REPO"/artifacts/obj/*/project.assets.json | cut -d'"' -f4 | sort -u | grep -v '^microsoft\.\(netcore\|aspnetcore\)\.app\.' | while read -r name; do [[ ! -d $name ]] || printf '%s\n' "$name"; done
    printf '%s\n' microsoft.netcore.app.* microsoft.aspnetcore.app.*
}

sdk() {
    local packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
    compgen -G "$REPO/artifacts/obj/*/project.assets.json" >/dev/null || fail "packages are not restored yet: run dotnet restore Pollux.slnx first"
    mkdir "$work/sdk"
    docker export "$(docker create "$DEBIAN" true)" | tar -x -C "$work/sdk"
    restored_packages >"$work/packages"
    tar -c --transform 's,^dotnet/,usr/share/dotnet/,;s,^packages/,root/.nuget/packages/,' -C "$work/sdk" . \
        -C "$(dirname "$(dotnet_root)")" dotnet/ -C "$(dirname "$packages")" --files-from <(sed 's,^,packages/,' "$work/packages") |
        import "$SDK" 'ENV PATH=/usr/share/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' 'ENV DOTNET_ROOT=/usr/share/dotnet' \
            'ENV DOTNET_NOLOGO=1' 'ENV DOTNET_CLI_TELEMETRY_OPTOUT=1' 'ENV NuGetAudit=false' \
            'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true'
}

# Like the chiseled image: libraries and the runtime, no shell, no package manager, user 1654.
runtime() {
    local root="$work/runtime" dotnet
    dotnet=$(dotnet_root)
    mkdir -p "$root"/{etc,tmp,app,usr/share/dotnet,usr/bin} "$work/debs"
    chmod 1777 "$root/tmp"
    (cd "$work/debs" && apt-get -q download libc6 libgcc-s1 libstdc++6 libssl3 ca-certificates tzdata) >"$work/log" 2>&1 || { tail -5 "$work/log" >&2; fail "packages of the runtime could not be fetched"; }
    for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$root"; done
    rm -rf "$root"/usr/share/{doc,man,locale,lintian} "$root"/usr/share/ca-certificates "$root"/usr/lib/*-linux-gnu/{gconv,audit,perl-base}
    mkdir -p "$root/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
    cp -a "$dotnet"/{dotnet,host} "$root/usr/share/dotnet/"
    mkdir "$root/usr/share/dotnet/shared"
    cp -a "$dotnet"/shared/{Microsoft.NETCore.App,Microsoft.AspNetCore.App} "$root/usr/share/dotnet/shared/"
    ln -s /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"
    printf 'root:x:0:0:root:/root:/sbin/nologin\napp:x:1654:1654::/app:/sbin/nologin\n' >"$root/etc/passwd"
    printf 'root:x:0:\napp:x:1654:\n' >"$root/etc/group"
    tar -c --owner=0 --group=0 -C "$root" . |
        import "$RUNTIME" 'ENV PATH=/usr/bin' 'ENV APP_UID=1654' 'ENV DOTNET_RUNNING_IN_CONTAINER=true' 'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true'
}

server() { # tag
    local name=${1%%:*}
    name=${name##*/}
    docker build --quiet --tag "$1" --file "$HERE/stand-ins/$name.Dockerfile" "$HERE/stand-ins" >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; fail "$1 could not be made"; }
    say "made $1 (version of Debian's package)"
}

docker version >/dev/null || fail "no Docker engine responds"
have "$DEBIAN" || debian
have "$RUNTIME" || runtime
have "$SDK" || sdk
for tag in "${SERVERS[@]}"; do have "$tag" || server "$tag"; done
