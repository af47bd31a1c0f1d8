# shellcheck shell=bash
# Container images of the services. Sourced by pollux.

CYCLONEDX_VERSION=6.3.1

images() { # [name...]
    local name tag began
    command -v docker >/dev/null || fail "images needs docker"
    docker version >/dev/null 2>&1 || fail "no Docker engine responds; start one, or set DOCKER_HOST"
    tag=${POLLUX_IMAGE_TAG:-$(version)}
    mkdir -p "$LOGS"
    [[ $# -gt 0 ]] || set -- "${SERVICES[@]}"
    require_service "$@"
    for name in "$@"; do
        began=$(now)
        # --pull=false is docker build's default, so images from offline-base.sh are used as they are.
        docker build --tag "pollux/$name:$tag" --file "$REPO/services/Dockerfile" \
            --build-arg "SERVICE=$name" --build-arg "ASSEMBLY=$(assembly_of "$name")" --build-arg "PORTS=$(container_ports "$name")" --build-arg "VERSION=$tag" \
            --build-arg "REVISION=$(revision)" --build-arg "CREATED=$(revision_time)" --build-arg "SOURCE=$(source_address)" "$REPO" >"$LOGS/images.log" 2>&1 ||
            { show_log_tail images; fail "the image of $name could not be built; if no image can be pulled, run deploy/docker/offline-base.sh first"; }
        printf '%-11s%s  %s MB  (%s s)\n' "$name" "pollux/$name:$tag" "$(image_megabytes "pollux/$name:$tag")" "$(seconds_since "$began")"
    done
}

# The service's default ports.
container_ports() ( # name
    forget_ports
    POLLUX_PORT_OFFSET=0 configure
    first_port "$1"
    case $1 in
        query) printf ' %s' "$QUERY_GRPC_PORT" ;;
        ingest | twin-state) printf ' %s' "$(cluster_port "$1")" ;;
    esac
)

# Of the sources: with changes that are not committed, nobody could make the same again.
revision() {
    local commit
    commit=$(git -C "$REPO" rev-parse HEAD 2>/dev/null) || { printf unknown; return; }
    printf '%s%s' "$commit" "$([[ -z $(git -C "$REPO" status --porcelain) ]] || printf -- -changed)"
}

# When they were committed, not when they were built: the same sources have the same labels.
revision_time() { TZ=UTC git -C "$REPO" log -1 --date='format-local:%Y-%m-%dT%H:%M:%SZ' --format=%cd 2>/dev/null || printf unknown; }

# Without what somebody may have written into it to sign in.
source_address() {
    local address
    address=$(git -C "$REPO" remote get-url origin 2>/dev/null) || { printf unknown; return; }
    printf '%s' "$address" | sed -E 's|://[^/@]*@|://|'
}

image_megabytes() { docker image inspect --format '{{.Size}}' "$1" | awk '{ printf "%.0f", $1 / 1e6 }'; }

# The version's single source; a test checks that the manifests match.
version() { sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' "$REPO/Directory.Build.props"; }

# Lists each service's components (CycloneDX) and checks packages for known vulnerabilities. For licences see deploy/licences.md, which a
# test keeps up to date.
sbom() {
    local name tool="$TOOLS/dotnet/dotnet-CycloneDX" output="$REPO/artifacts/sbom" found
    mkdir -p "$LOGS" "$output"
    find_sdk
    if [[ ! -x $tool ]]; then
        "$DOTNET" tool install --tool-path "$TOOLS/dotnet" CycloneDX --version "$CYCLONEDX_VERSION" >"$LOGS/install.log" 2>&1 ||
            { show_log_tail install; fail "the tool CycloneDX could not be installed"; }
    fi
    "$DOTNET" restore "$REPO/Pollux.slnx" -v quiet
    for name in "${SERVICES[@]}"; do
        DOTNET_ROOT=$(dirname "$(readlink -f "$DOTNET")") "$tool" "$REPO/services/$name/$(assembly_of "$name").csproj" --output "$output" --filename "$name.json" \
            --output-format Json --disable-package-restore --set-version "$(version)" --set-name "pollux/$name" >"$LOGS/sbom.log" 2>&1 || { show_log_tail sbom; fail "no SBOM of $name"; }
        printf '%-11s%s  %s components\n' "$name" "artifacts/sbom/$name.json" "$(grep -c '"bom-ref"' "$output/$name.json")"
    done
    found=$("$DOTNET" list "$REPO/Pollux.slnx" package --vulnerable --include-transitive)
    printf '%s\n' "$found" >"$output/audit.txt"
    if grep -q 'has the following vulnerable packages' "$output/audit.txt"; then cat "$output/audit.txt" >&2; fail "some packages have known vulnerabilities"; fi
    say "audit      no package has known vulnerabilities (artifacts/sbom/audit.txt)"
}
