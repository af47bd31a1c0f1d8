# shellcheck shell=bash
# Container images of the services. Sourced by pollux.

images() { # [name...]
    local name tag began
    command -v docker >/dev/null || fail "images needs docker"
    docker version >/dev/null 2>&1 || fail "no Docker engine answers; start one, or set DOCKER_HOST"
    tag=${POLLUX_IMAGE_TAG:-$(version)}
    mkdir -p "$LOGS"
    [[ $# -gt 0 ]] || set -- "${SERVICES[@]}"
    require_service "$@"
    for name in "$@"; do
        began=$(now)
        # --pull=false is the default of docker build: what offline-base.sh made is taken as it is.
        docker build --tag "pollux/$name:$tag" --file "$REPO/services/$name/Dockerfile" --build-arg "VERSION=$tag" \
            --build-arg "REVISION=$(git -C "$REPO" rev-parse HEAD 2>/dev/null || printf unknown)" "$REPO" >"$LOGS/images.log" 2>&1 ||
            { show_log_tail images; fail "the image of $name could not be built; where no image can be pulled, run deploy/docker/offline-base.sh first"; }
        printf '%-11s%s  %s MB  (%s s)\n' "$name" "pollux/$name:$tag" "$(image_megabytes "pollux/$name:$tag")" "$(seconds_since "$began")"
    done
}

image_megabytes() { docker image inspect --format '{{.Size}}' "$1" | awk '{ printf "%.0f", $1 / 1e6 }'; }

# The one place where the version is written down.
version() { sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' "$REPO/Directory.Build.props"; }
