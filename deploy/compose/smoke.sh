#!/usr/bin/env bash
# Starts compose, publishes over MQTT, queries the API, and checks that published = stored + duplicate + rejected.
# --keep leaves the system running, --cut disconnects ingest from the network for 8 s meanwhile; other arguments go to compose
# (--profile replicas).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

compose=(docker compose)
docker compose version >/dev/null 2>&1 || compose=(docker-compose)
keep=0 cut=0 options=()
for argument in "$@"; do
    case $argument in
        --keep) keep=1 ;;
        --cut) cut=1 ;;
        *) options+=("$argument") ;;
    esac
done
run() { "${compose[@]}" -p pollux "${options[@]}" "$@"; }

query=http://127.0.0.1:${POLLUX_QUERY_PORT:-5100}
asset=smoke-$(date +%s)
messages=500

say() { printf '%s\n' "$*"; }
fail() { printf 'smoke: %s\n' "$*" >&2; run ps >&2; exit 1; }
get() { curl --silent --show-error --fail --noproxy '*' --max-time 5 "$@"; }
seconds() { printf '%s' "$(($(date +%s%N) / 1000000))" | sed -E 's/(...)$/.\1/'; }
since() { awk -v a="$1" -v b="$(seconds)" 'BEGIN { printf "%.1f s", b - a }'; }

finish() { if ((!keep)); then run down --volumes --timeout 45; fi; }
trap finish EXIT

await() { # what seconds command...
    local what=$1 deadline=$((SECONDS + $2))
    shift 2
    until "$@"; do
        ((SECONDS < deadline)) || fail "$what: timed out"
        sleep 0.5
    done
}

healthy() { # all containers with a health check
    local states
    states=$(run ps -q | xargs docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{end}}' | sort -u | grep -v '^$')
    [[ $states == healthy ]]
}

# Sums a counter over all ingest replicas, read from each container.
count() { # metric
    local container
    for container in $(run ps -q | xargs docker inspect --format '{{.Name}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' | awk '$1 ~ /ingest/ && $1 !~ /schema/ && $2 { print $2 }'); do
        get "http://$container:5101/metrics"
    done | awk -v metric="pollux_ingest_readings_$1_total" 'index($1, metric) == 1 { sum += $2 } END { print sum + 0 }'
}

totals() { printf '%s %s %s %s' "$(count received)" "$(count stored)" "$(count duplicate)" "$(count rejected)"; }
# Increase since the smoke test's first message: received, stored, duplicate, rejected.
gained() { paste -d' ' <(totals) <(printf '%s' "$before") | awk '{ print $1 - $5, $2 - $6, $3 - $7, $4 - $8 }'; }
settled() { [[ $(gained) == "$((messages + 3)) $messages 1 2" ]]; }
known() { get "$query/api/v1/twins/$asset" >/dev/null 2>&1; }
shown() { get "$query/api/v1/twins/$asset" 2>/dev/null | grep -q '"value":21.5'; }
registered() { get -X PUT -H 'Content-Type: application/json' -d '{"model":"pump-loop"}' "$query/api/v1/assets/$asset" >/dev/null 2>&1; }

began=$(seconds)
run up -d
await 'all healthy' 240 healthy
say "compose up and healthy: $(since "$began")"

await "$asset is registered" 60 registered
await "$asset is shown" 30 known
sleep 2 # ingest reads new registrations once a second
run stop --timeout 20 plant >/dev/null # its readings would be counted too
sleep 2
before=$(totals)

cut_off() {
    local container address
    container=$(run ps -q ingest)
    address=$(docker inspect --format '{{.NetworkSettings.Networks.pollux_default.IPAddress}}' "$container")
    docker network disconnect pollux_default "$container"
    sleep 8
    docker network connect --ip "$address" --alias ingest pollux_default "$container"
    say 'ingest was off the network for 8 s'
}

now=$(date +%s)
if ((cut)); then
    cut_off &
    sleep 1
fi
began=$(seconds)
{
    for ((i = 1; i < messages; i++)); do printf '[{"n":"motor-temperature","v":%d.5,"t":%d.%03d}]\n' $((20 + i % 10)) $((now - 60 + i / 10)) $((i % 10 * 100)); done
    printf '[{"n":"fluid-temperature","v":21.5,"t":%d}]\n' "$now"
    printf '[{"n":"fluid-temperature","v":21.5,"t":%d}]\n' "$now" # a duplicate
    printf '[{"n":"no-such-sensor","v":1,"t":%d}]\n' "$now"      # rejected
    printf '[{"n":"pressure","v":99999,"t":%d}]\n' "$now"        # impossible
} | run exec -T mosquitto mosquitto_pub -u pollux -P pollux -q 1 -l -t "pollux/$asset/senml"
wait
await 'the value is in the API' 60 shown
await "published $((messages + 3)) = stored $messages + duplicate 1 + rejected 2; seen $(gained)" 60 settled
say "$((messages + 3)) messages published and in the API: $(since "$began")"
say "received, stored, duplicate, rejected: $(gained)"
get "$query/api/v1/rejected?asset=$asset" | grep -o '"code":"[^"]*"' | sort | uniq -c
run ps -q | xargs docker stats --no-stream --format '{{.Name}} {{.MemUsage}}'
say 'smoke passed'
