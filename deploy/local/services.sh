# shellcheck shell=bash
# The .NET services: build, start, health, stop. Sourced by pollux.

BACKEND=(ingest twin-state simulation query)
SERVICES=(identity "${BACKEND[@]}" plant dashboard)
WITHOUT_OWNER=(env -u ConnectionStrings__Postgres -u ConnectionStrings__RabbitMq -u ConnectionStrings__Mqtt)
IN_PRODUCTION=(env DOTNET_ENVIRONMENT=Production ASPNETCORE_ENVIRONMENT=Production)

# Services that 'up --replicas N' starts N times, from the environment; the second replica of ingest is called ingest-2.
# shellcheck disable=SC2034
read -ra REPLICATED <<<"${POLLUX_REPLICATED:-${BACKEND[*]}}"
MOST_REPLICAS=4

service_of() { printf '%s' "${1%-[2-4]}"; }

replica_of() { if [[ $1 == *-[2-4] ]]; then printf '%s' "${1##*-}"; else printf 1; fi; }

# Each further replica listens 20 ports above the previous one.
service_port() { printf '%s' $(($(first_port "$(service_of "$1")") + 20 * ($(replica_of "$1") - 1))); }

# Where the replicas of a service reach each other.
cluster_port() { printf '%s' $(($(service_port "$1") + 10)); }

grpc_port() { printf '%s' $((QUERY_GRPC_PORT + 20 * ($(replica_of "$1") - 1))); }

first_port() {
    case $1 in
        ingest) printf '%s' "$INGEST_PORT" ;;
        twin-state) printf '%s' "$TWIN_STATE_PORT" ;;
        simulation) printf '%s' "$SIMULATION_PORT" ;;
        query) printf '%s' "$QUERY_PORT" ;;
        plant) printf '%s' "$PLANT_PORT" ;;
        dashboard) printf '%s' "$DASHBOARD_PORT" ;;
        identity) printf '%s' "$IDENTITY_PORT" ;;
    esac
}

# All services that are or should be running: one of each, and further replicas that were started.
all_services() {
    local name replica
    for name in "${SERVICES[@]}"; do
        say "$name"
        for ((replica = 2; replica <= MOST_REPLICAS; replica++)); do
            if [[ -e $RUN/$name-$replica.pid ]]; then say "$name-$replica"; fi
        done
    done
}

service_port_variable() {
    case $(service_of "$1") in
        ingest) printf POLLUX_INGEST_PORT ;;
        twin-state) printf POLLUX_TWIN_STATE_PORT ;;
        simulation) printf POLLUX_SIMULATION_PORT ;;
        query) printf POLLUX_QUERY_PORT ;;
        plant) printf POLLUX_PLANT_PORT ;;
        dashboard) printf POLLUX_DASHBOARD_PORT ;;
        identity) printf POLLUX_IDENTITY_PORT ;;
    esac
}

assembly_of() {
    case $(service_of "$1") in
        ingest) printf Ingest ;;
        twin-state) printf TwinState ;;
        simulation) printf Simulation ;;
        query) printf Query ;;
        plant) printf Plant ;;
        dashboard) printf Dashboard ;;
        identity) printf Identity ;;
    esac
}

output_of() { printf '%s' "$REPO/artifacts/bin/$1/release"; }

assembly() { printf '%s' "$(output_of "$1")/$1.dll"; }

# Services run from a copy, because a build overwrites files that a running process has mapped.
service_folder() { printf '%s' "$POLLUX_HOME/services/$(assembly_of "$1")"; }

service_assembly() { printf '%s' "$(service_folder "$1")/$(assembly_of "$1").dll"; }

is_service() { [[ " ${SERVICES[*]} " == *" $(service_of "$1") "* ]]; }

require_service() {
    [[ $# -gt 0 ]] || fail "which service? Known: ${SERVICES[*]}"
    is_service "$1" || fail "unknown service '$1'; known: ${SERVICES[*]}"
}

service_responds() { # name path
    curl --silent --fail --output /dev/null --max-time 3 --noproxy '*' "http://127.0.0.1:$(service_port "$1")$2"
}

service_ready() { service_responds "$1" /health/ready; }

find_sdk() {
    local wanted candidate
    wanted=$(sed -nE 's/.*"version": *"([0-9]+)\..*/\1/p' "$REPO/global.json" | head -1)
    wanted=${wanted:-10}
    for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-/nowhere}/dotnet" ~/.dotnet/dotnet /usr/share/dotnet/dotnet /usr/lib/dotnet/dotnet; do
        if [[ -x $candidate ]] && "$candidate" --list-sdks | grep -q "^$wanted\."; then
            DOTNET=$candidate
            return
        fi
    done
    fail "no .NET SDK $wanted found; get it from https://dotnet.microsoft.com/download/dotnet/$wanted.0 or your package manager (dotnet-sdk-$wanted.0)"
}

# Builds a solution or a part of it, unless no source is newer than the last build.
build() { # solution
    local began stamp="$REPO/artifacts/${1##*/}.built"
    find_sdk
    [[ ${POLLUX_NO_BUILD:-} != 1 ]] || return 0
    if [[ -e $stamp ]] && ! newer_sources "$stamp"; then return 0; fi
    began=$(now)
    mkdir -p "${stamp%/*}"
    touch "$stamp.begun"
    # One compiler server for all projects, as each cold start takes seconds. Analyzers would double the time; .ci/run runs them.
    "$DOTNET" build "$REPO/$1" -c Release --nologo -v quiet -p:UseSharedCompilation=true -p:RunAnalyzers="${POLLUX_ANALYZERS:-false}" >"$LOGS/build.log" 2>&1 9>&- ||
        { cat "$LOGS/build.log" >&2; fail "the build failed"; }
    mv "$stamp.begun" "$stamp"
    # The whole solution includes this part.
    if [[ $1 == Pollux.slnx ]]; then touch -r "$stamp" "$REPO/artifacts/Services.slnf.built"; fi
    printf '%-14sdone  (%s s)\n' build "$(seconds_since "$began")"
}

# Includes directories, whose timestamps reveal deleted files.
newer_sources() { # stamp
    [[ -n $(find "$REPO"/{contracts,services,tests} "$REPO"/{Directory.*,global.json,.editorconfig,Pollux.slnx} -newer "$1" -print -quit) ]]
}

# Stops services that run an older build and installs the new one.
renew_services() { # name...
    local name new folder
    for name in "$@"; do
        new=$(output_of "$(assembly_of "$name")")
        folder=$(service_folder "$name")
        [[ -d $new ]] || fail "$name is not built"
        ! diff -rq "$new" "$folder" >/dev/null 2>&1 || continue
        for_each_replica "$name" stop_service
        rm -rf "$folder"
        mkdir -p "${folder%/*}"
        cp -r "$new" "$folder"
    done
}

for_each_replica() { # name command
    local other
    while read -r other; do
        if [[ $(service_of "$other") == "$1" ]]; then "$2" "$other"; fi
    done < <(all_services)
}

export_connections() {
    local line
    while read -r line; do export "${line?}"; done < <(server_env)
    export Assets__Directory="${Assets__Directory:-$REPO/contracts/assets}"
}

# A service has its own accounts, at the servers that it uses.
connections_of() { # service
    case $1 in
        ingest) server_env "$1" ;;
        twin-state | simulation | query) server_env "$1" | grep -v '^ConnectionStrings__Mqtt=' ;;
        plant) server_env "$1" | grep '^ConnectionStrings__Mqtt=' ;;
    esac
}

apply_schema() {
    local name
    : >"$LOGS/schema.log"
    for name in twin-state ingest simulation; do
        ! running "$name" || continue
        (cd "$REPO" && "${IN_PRODUCTION[@]}" "$DOTNET" "$(service_assembly "$name")" db-apply) >>"$LOGS/schema.log" 2>&1 9>&- ||
            { show_log_tail schema; fail "the database schema of $name could not be applied"; }
    done
}

# Signs the seals of days. Whoever deletes it gets another one; seals by the old one stay valid, as its public part stays.
make_seal_key() {
    [[ ! -f $SEALS/key.pem ]] || return 0
    "$DOTNET" "$(assembly Cli)" seal-key "$SEALS" >"$LOGS/seal-key.log" 2>&1 9>&- ||
        { show_log_tail seal-key; fail "no key for seals could be made in $SEALS"; }
}

# One account per role, with random passwords; what is there stays. The dashboard's address may be another than last time.
make_accounts() {
    local dashboard="http://127.0.0.1:$DASHBOARD_PORT"
    if [[ -f $ACCOUNTS/signing-key.pem ]] && grep -qF "\"$dashboard/signin-oidc\"" "$ACCOUNTS/accounts.json"; then return 0; fi
    "$DOTNET" "$(service_assembly identity)" make-accounts "$ACCOUNTS" "$dashboard" >"$LOGS/make-accounts.log" 2>&1 9>&- ||
        { show_log_tail make-accounts; fail "no accounts could be made in $ACCOUNTS"; }
}

# One more account, with roles that commas separate, and perhaps of a tenant.
account() { # NAME ROLES [TENANT] | --change NAME ROLES [TENANT] | --remove NAME | --list
    local verb=add usage='./pollux account anna operator,engineer north'
    case ${1:-} in
        --list) [[ $# -eq 1 ]] || fail "--list takes no name"; verb=list; shift ;;
        --remove) verb=remove; shift; [[ $# -eq 1 ]] || fail "--remove needs the name of one account" ;;
        --change) verb=change; shift ;;
        -*) fail "account accepts --change, --remove and --list, not $1" ;;
    esac
    [[ $verb == @(remove|list) || ($# -ge 2 && $# -le 3) ]] || fail "account needs a name and its roles, and perhaps a tenant: $usage"
    [[ -f $ACCOUNTS/accounts.json ]] || fail "there are no accounts yet; run ./pollux up first"
    [[ $verb == list ]] || take_lock
    find_sdk
    "$DOTNET" "$(service_assembly identity)" "$verb-account" "$ACCOUNTS" "$@" 9>&- || exit 1
    case $verb in
        add) say "$1 $(awk -v name="$1" '$1 == name { print $2 }' "$ACCOUNTS/passwords")" ;;
        change) say "$1 is $2${3:+ of the tenant $3}, with the same password; tokens that it has say what it was before until they end, up to an hour" ;;
        remove) say "$1 is removed; tokens that it has are good until they end, up to an hour" ;;
    esac
}

# The bearer of a program with a role. Its password is not among the arguments, which every user of the machine can see.
token() { # role
    local role=${1:-} password answer
    [[ -f $ACCOUNTS/passwords ]] || fail "there are no accounts yet; run ./pollux up first"
    password=$(awk -v role="$role" '$1 == role && role != "dashboard" { print $2 }' "$ACCOUNTS/passwords")
    [[ -n $password ]] || fail "there is no account '$role'; there are $(awk '$1 != "dashboard" { print $1 }' "$ACCOUNTS/passwords" | paste -sd' ')"
    answer=$(curl --silent --show-error --noproxy '*' --max-time 10 --data grant_type=client_credentials --config - "$OWN_ISSUER/token" \
        <<<"user = \"$role:$password\"") || fail "identity gives no token; is it running (./pollux status)?"
    [[ $answer == *'"access_token"'* ]] || fail "identity gives no token: $answer"
    sed -nE 's/.*"access_token" *: *"([^"]+)".*/\1/p' <<<"$answer"
}

has_own_issuer() { [[ $ISSUER == "$OWN_ISSUER" ]]; }

# Who may run this script on this machine may read the passwords too, so its verbs ask as the administrator.
ask_as_admin() {
    if [[ -n ${POLLUX_TOKEN+set} ]]; then
        [[ -n $POLLUX_TOKEN ]] || fail "POLLUX_TOKEN is set to nothing; unset it to ask as admin, or set it to a token"
        return 0
    fi
    has_own_issuer || return 0
    running identity || { complain "identity is down, so this asks without a token"; return 0; }
    POLLUX_TOKEN=$(token admin)
    export POLLUX_TOKEN
}

services_up() { # name...
    local name
    # Start all before waiting for any: ingest is ready only once it knows assets, which twin-state registers.
    for name in "$@"; do
        running "$name" || start_service "$name"
    done
    for name in "$@"; do await_service "$name"; done
}

start_service() {
    local name=$1 ports
    ports=("Ports__Http=$(service_port "$name")")
    sweep_group "$name"
    require_free_port "$(service_port "$name")" "$(service_port_variable "$name")"
    case $(service_of "$name") in
        query)
            require_free_port "$(grpc_port "$name")" POLLUX_QUERY_GRPC_PORT
            # The dashboard says from where its pages are used.
            ports+=("Ports__Grpc=$(grpc_port "$name")" "Access__Issuer=$ISSUER" "Proxies=127.0.0.1")
            ;;
        # Each replica has its own broker session; they share the subscription group and thus the work.
        ingest)
            ports+=("Cluster__Port=$(cluster_port "$name")" "Ingest__ClientId=ingest-$(($(replica_of "$name") - 1))"
                "Access__Issuer=$ISSUER")
            if [[ -f $SEALS/key.pem ]]; then ports+=("Ingest__SealKeyFile=$SEALS/key.pem"); fi
            ;;
        twin-state) ports+=("Cluster__Port=$(cluster_port "$name")") ;;
        plant) ports+=("Access__Issuer=$ISSUER") ;;
        dashboard)
            ports+=("Dashboard__Query=http://127.0.0.1:$QUERY_GRPC_PORT" "Access__Issuer=$ISSUER"
                "Dashboard__ClientSecretFile=${POLLUX_CLIENT_SECRET_FILE:-$ACCOUNTS/dashboard-secret}")
            ;;
        identity) ports+=("Identity__Issuer=$OWN_ISSUER" "Identity__Directory=$ACCOUNTS") ;;
    esac
    readarray -t -O "${#ports[@]}" ports < <(connections_of "$(service_of "$name")")
    STARTED+=("$name")
    cd "$REPO" || return
    spawn "$name" "${WITHOUT_OWNER[@]}" "${IN_PRODUCTION[@]}" "${ports[@]}" "$DOTNET" "$(service_assembly "$name")"
}

await_service() {
    local name=$1 began
    began=$(now)
    wait_ready "$name" service_ready 180 || { show_log_tail "$name"; fail "$name did not become ready"; }
    report_ready "$name" "http://127.0.0.1:$(service_port "$name")" "$began"
}

stop_service() { stop "$1" TERM 10; }
