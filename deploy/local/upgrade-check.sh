#!/usr/bin/env bash
# Upgrades a running system under load: starts this version beside that of a commit, then replaces the old services one at a time.
# Every reading published meanwhile must be in the twin exactly once, and a rebuild from the log must be bit-identical.
# Usage: upgrade-check.sh COMMIT    (the working tree must be built: './pollux test Deploy' does)
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
new=$(cd "$here/../.." && pwd)
commit=${1:?the commit whose version runs first, e.g. HEAD~20}
work=$(mktemp -d)
old=$work/old
export POLLUX_TOOLS="${POLLUX_TOOLS:-${POLLUX_HOME:-$new/.pollux}/tools}"
export POLLUX_HOME="$work/home" POLLUX_PORT_OFFSET="${POLLUX_PORT_OFFSET:-7000}"
query=http://127.0.0.1:$((5100 + POLLUX_PORT_OFFSET))
second_query=http://127.0.0.1:$((5120 + POLLUX_PORT_OFFSET))
asset=upgrade
# Versions from before there were tokens are checked too.
export POLLUX_ISSUER=''
publisher=

say() { printf '%s\n' "$*"; }
fail() { printf 'upgrade-check: %s\n' "$*" >&2; exit 1; }
ask() { curl --silent --show-error --fail --noproxy '*' --max-time 5 "$@"; }
readings() { ask "${1:-$query}/api/v1/twins/$asset" | grep -oE '"readings":[0-9]+' | head -1 | cut -d: -f2; }

finish() {
    [[ -z $publisher ]] || kill "$publisher" 2>/dev/null || true
    "$new/pollux" down --data >/dev/null 2>&1 || true
    git -C "$new" worktree remove --force "$old" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

pub=${MOSQUITTO_PUB:-$(command -v mosquitto_pub || printf '%s' "$POLLUX_TOOLS/mosquitto_pub")}
[[ -x $pub ]] || fail "mosquitto_pub was not found; './pollux test Foreign' fetches it"

# Publishes up to twenty numbered frames a second, with two readings each, until the file 'stop' exists.
publish() {
    local n=0 now
    while [[ ! -e $work/stop ]]; do
        now=$(date +%s.%N)
        printf '[{"bt":%s,"n":"melt-pressure","v":%d},{"n":"melt-temperature","v":%d}]\n' "${now:0:17}" $((80 + n % 7)) $((230 + n % 5))
        n=$((n + 1))
        printf '%s' "$n" >"$work/sent"
        sleep 0.05
    done
}

git -C "$new" worktree add --quiet --detach "$old" "$commit"
say "old version: $(git -C "$old" log -1 --format='%h %s')"
"$old/pollux" up --no-plant >"$work/old.log" 2>&1 || { tail -20 "$work/old.log"; fail "the old version did not start"; }
for _ in $(seq 60); do
    ask -X PUT -H 'content-type: application/json' -d '{"model":"extrusion-line"}' "$query/api/v1/assets/$asset" >/dev/null 2>&1 && break
    sleep 0.5
done
# Ingest reads new registrations once a second; earlier readings are rejected as belonging to an unknown asset.
sleep 3
publish | "$pub" -h 127.0.0.1 -p "$((1883 + 10000 + POLLUX_PORT_OFFSET))" -V 5 -q 1 -i upgrade-check -t "pollux/$asset/senml" -l &
publisher=$!
sleep 5
say "  $(readings) readings in the twin"

say "new version beside it: schema, then a second replica of each service"
POLLUX_NO_BUILD=1 "$new/pollux" up --no-plant --replicas 2 >"$work/new.log" 2>&1 || { tail -20 "$work/new.log"; fail "the new version did not start beside the old one"; }
sleep 10
say "  $(readings) readings by the old API, $(readings "$second_query") by the new one"

for service in twin-state ingest simulation query dashboard; do
    POLLUX_NO_BUILD=1 "$new/pollux" restart "$service" >>"$work/new.log" 2>&1 || { tail -20 "$work/new.log"; fail "$service did not come back as the new version"; }
    sleep 2
    say "  $service is new, $(readings) readings"
done
sleep 3
touch "$work/stop"
wait "$publisher" || true
publisher=
expected=$((2 * $(cat "$work/sent")))
for _ in $(seq 60); do
    [[ $(readings) == "$expected" && $(readings "$second_query") == "$expected" ]] && break
    sleep 0.5
done
rejected=$(ask "$query/api/v1/rejected?asset=$asset" | { grep -o '"reason"' || true; } | wc -l)
say "published $expected, in the twin $(readings) and $(readings "$second_query"), rejected $rejected"
[[ $(readings) == "$expected" && $rejected == 0 ]] || fail "not every reading is in the twin exactly once"
POLLUX_NO_BUILD=1 "$new/pollux" rebuild "$asset"
