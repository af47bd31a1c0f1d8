# shellcheck shell=bash disable=SC2030,SC2031,SC2153
# PostgreSQL, RabbitMQ and Mosquitto as private processes on 127.0.0.1. Sourced by pollux.

SERVERS=(postgres rabbitmq mosquitto)
STARTED=()
LAUNCHERS=()
LAUNCHED=()

server_port() {
    case $1 in
        postgres) printf '%s' "$POSTGRES_PORT" ;;
        rabbitmq) printf '%s' "$RABBITMQ_PORT" ;;
        mosquitto) printf '%s' "$MQTT_PORT" ;;
    esac
}

server_port_variable() {
    case $1 in
        postgres) printf POLLUX_POSTGRES_PORT ;;
        rabbitmq) printf POLLUX_RABBITMQ_PORT ;;
        mosquitto) printf POLLUX_MQTT_PORT ;;
    esac
}

server_url() {
    case $1 in
        postgres) printf 'postgresql://127.0.0.1:%s/pollux' "$POSTGRES_PORT" ;;
        rabbitmq) printf 'amqp://127.0.0.1:%s/' "$RABBITMQ_PORT" ;;
        mosquitto) printf 'mqtt://127.0.0.1:%s' "$MQTT_PORT" ;;
    esac
}

server_answers() {
    case $1 in
        # StartupMessage 3.0 of user pollux, answered by an Authentication message once recovery is over.
        postgres) answers "$POSTGRES_PORT" '\0\0\0\045\0\003\0\0user\0pollux\0database\0pollux\0\0' R ;;
        # The protocol header, answered by a method frame. RabbitMQ listens only once queues and plugins are loaded.
        rabbitmq) answers "$RABBITMQ_PORT" 'AMQP\0\0\011\001' $'\001' ;;
        # CONNECT with a clean session, answered by CONNACK (0x20).
        mosquitto) answers "$MQTT_PORT" '\020\014\0\004MQTT\004\002\0\074\0\0' ' ' ;;
    esac
}

# The connections of an account, the owner's unless named.
server_env() { # [account]
    local account=${1:-$OWNER} password
    [[ " ${WITH_ACCOUNTS[*]} " == *" $account "* ]] || fail "'$account' has no accounts; there are ${WITH_ACCOUNTS[*]}"
    password=$(password_of "$account")
    [[ -n $password ]] || fail "there are no accounts yet; run ./pollux up first"
    say "ConnectionStrings__Postgres=Host=127.0.0.1;Port=$POSTGRES_PORT;Username=$(role_of "$account");Password=$password;Database=pollux"
    say "ConnectionStrings__RabbitMq=amqp://$account:$password@127.0.0.1:$RABBITMQ_PORT/"
    say "ConnectionStrings__Mqtt=mqtt://$account:$password@127.0.0.1:$MQTT_PORT"
}

require_server() {
    local name
    for name in "$@"; do
        [[ " ${SERVERS[*]} " == *" $name "* ]] || fail "unknown server '$name'; known: ${SERVERS[*]}"
    done
}

servers_up() {
    servers_start "$@"
    servers_await ''
}

# Starts servers, all unless named, without waiting for them.
servers_start() {
    local names=("$@") name
    [[ $# -gt 0 ]] || names=("${SERVERS[@]}")
    require_server "${names[@]}"
    if [[ ! -f $ACCOUNTS/servers ]]; then
        for name in "${names[@]}"; do
            ! running "$name" || fail "$name was started by a version without accounts: run ./pollux down first"
        done
    fi
    make_server_accounts
    for name in "${names[@]}"; do
        if running "$name"; then continue; fi
        "find_$name"
        sweep_group "$name"
        require_free_port "$(server_port "$name")" "$(server_port_variable "$name")"
        if [[ $name == mosquitto && -n ${POLLUX_MQTT_TLS:-} ]]; then
            find_certificates
            require_free_port "$MQTT_TLS_PORT" POLLUX_MQTT_TLS_PORT
        fi
    done
    LAUNCHERS=()
    LAUNCHED=()
    for name in "${names[@]}"; do
        running "$name" || STARTED+=("$name")
        launch "$name" &
        LAUNCHERS+=($!)
        LAUNCHED+=("$name")
    done
}

# Waits for a server that was started, or for all.
servers_await() { # name or ''
    local i failed=0
    for i in "${!LAUNCHERS[@]}"; do
        if [[ -n $1 && $1 != "${LAUNCHED[i]}" ]]; then continue; fi
        wait "${LAUNCHERS[i]}" || { failed=1; show_log_tail "${LAUNCHED[i]}"; }
        unset "LAUNCHERS[i]"
    done
    return "$failed"
}

# The first start after kill -9 may fail because children of the dead server still hold resources, so it is retried.
launch() {
    local name=$1 attempt outcome began
    began=$(now)
    for attempt in 1 2 3; do
        running "$name" || "start_$name" || return
        outcome=0
        wait_ready "$name" server_answers 60 || outcome=$?
        case $outcome in
            0) report_ready "$name" "127.0.0.1:$(server_port "$name")" "$began"; return ;;
            1) complain "$name does not answer on port $(server_port "$name")"; return 1 ;;
        esac
        sweep_group "$name"
        sleep "$attempt"
    done
    complain "$name stopped while starting"
    return 1
}

servers_down() {
    local names=("$@") name jobs=() job failed=0
    [[ $# -gt 0 ]] || names=("${SERVERS[@]}")
    require_server "${names[@]}"
    for name in "${names[@]}"; do
        stop_server "$name" &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || failed=1; done
    return "$failed"
}

stop_server() {
    case $1 in
        postgres) stop postgres INT 30 ;; # INT: does not wait for clients to disconnect
        *) stop "$1" TERM 20 ;;
    esac
}

start_postgres() {
    local data home as=()
    find_postgres_user
    home=$(postgres_home) || return
    cd "$home" || return
    prepare_postgres_binaries "$home" || return
    data="$home/data"
    create_cluster "$data" || return
    cat "$LOCAL/postgresql.conf" >"$data/postgresql.conf"
    cat "$LOCAL/pg_hba.conf" >"$data/pg_hba.conf"
    forget_stale_postmaster "$data"
    make_roles "$data" || return
    spawn postgres "${as[@]}" "$POSTGRES_BIN/postgres" -D "$data" -p "$POSTGRES_PORT"
}

# postgres refuses to run as root. A user namespace maps root to another uid without changing the owner of any file.
find_postgres_user() {
    local id user
    ((EUID == 0)) || return 0
    id=$(awk -F: '$3 > 0 { print $3; exit }' /etc/passwd) # initdb needs a uid that has a name
    as=(unshare --user "--map-user=$id" "--map-group=$id" --)
    if "${as[@]}" true 2>/dev/null; then return; fi
    user=nobody
    if id -u postgres >/dev/null 2>&1; then user=postgres; fi
    as=(setpriv "--reuid=$(id -u "$user")" "--regid=$(id -g "$user")" --clear-groups --)
}

# If the database user cannot enter the state directory, a separate directory in /tmp is used instead.
postgres_home() {
    local home="$POLLUX_HOME/postgres"
    ((EUID != 0)) || { [[ ${as[0]} != setpriv ]] || chown -R "$("${as[@]}" id -u)" "$home"; }
    if "${as[@]}" test -w "$home" -a -x "$home"; then printf '%s' "$home"; return; fi
    home="${TMPDIR:-/tmp}/pollux-postgres-$(state_id)"
    mkdir -m 700 "$home" 2>/dev/null && chown "$("${as[@]}" id -u)" "$home"
    if [[ -L $home || $(stat -c %u "$home") != "$("${as[@]}" id -u)" ]]; then
        complain "$home belongs to another user"
        return 1
    fi
    printf '%s' "$home"
}

state_id() { printf '%s' "$POLLUX_HOME" | sha256sum | cut -c1-16; }

prepare_postgres_binaries() { # home
    local copy="$1/native"
    if "${as[@]}" test -x "$POSTGRES_BIN/postgres"; then return; fi
    if [[ ! -d $copy ]]; then
        rm -rf "$copy.partial"
        cp -R "$(dirname "$POSTGRES_BIN")" "$copy.partial"
        chown -R "$("${as[@]}" id -u)" "$copy.partial"
        mv "$copy.partial" "$copy"
    fi
    POSTGRES_BIN="$copy/bin"
}

create_cluster() { # data
    local data=$1 made binaries
    binaries=$("${as[@]}" "$POSTGRES_BIN/postgres" --version | grep -oE '[0-9]+' | head -1)
    if [[ -f $data/PG_VERSION ]]; then
        made=$(<"$data/PG_VERSION")
        [[ $made == "$binaries" ]] && return
        complain "the data in $data was made by PostgreSQL $made, but the binaries are $binaries: set POLLUX_POSTGRES_BIN, or start over with 'pollux down --data'"
        return 1
    fi
    {
        "${as[@]}" rm -rf "$data.partial"
        "${as[@]}" "$POSTGRES_BIN/initdb" -D "$data.partial" -U pollux -A trust -E UTF8 --locale=C &&
            { say 'create database pollux'; role_statements; } | "${as[@]}" "$POSTGRES_BIN/postgres" --single -D "$data.partial" postgres &&
            "${as[@]}" mv "$data.partial" "$data" &&
            accounts_digest >"$POLLUX_HOME/postgres/accounts"
    } >>"$LOGS/postgres.log" 2>&1
}

# For data that an earlier version made, and when there are more accounts than at the last start.
make_roles() { # data
    [[ $(accounts_digest) != $(cat "$POLLUX_HOME/postgres/accounts" 2>/dev/null) ]] || return 0
    role_statements | "${as[@]}" "$POSTGRES_BIN/postgres" --single -D "$1" postgres >>"$LOGS/postgres.log" 2>&1 || return
    accounts_digest >"$POLLUX_HOME/postgres/accounts"
}

# postgres mistakes any live process with the pid in postmaster.pid for another server.
forget_stale_postmaster() { # data
    local pid
    { read -r pid <"$1/postmaster.pid"; } 2>/dev/null || return 0
    if [[ $(readlink "/proc/$pid/cwd") != "$1" ]]; then rm -f "$1/postmaster.pid"; fi
}

# Both ports lie below the kernel's range of ephemeral ports.
start_rabbitmq() (
    local home="$POLLUX_HOME/rabbitmq" dist=$((RABBITMQ_PORT + 100)) epmd=$((RABBITMQ_PORT + 101))
    if [[ -n $RABBITMQ_ROOT ]]; then
        PATH="$RABBITMQ_ROOT/usr/lib/erlang/bin:$PATH"
        LD_LIBRARY_PATH="$(library_path "$RABBITMQ_ROOT")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
        export PATH LD_LIBRARY_PATH
    fi
    cp "$LOCAL/enabled_plugins" "$home/"
    { cat "$LOCAL/rabbitmq.conf"; say "load_definitions = $home/definitions.json"; } >"$home/rabbitmq.conf"
    (umask 077; rabbitmq_definitions "$home" >"$home/definitions.json.new" && mv "$home/definitions.json.new" "$home/definitions.json")
    export HOME="$home" ERL_EPMD_PORT=$epmd ERL_EPMD_ADDRESS=127.0.0.1
    export RABBITMQ_NODENAME="pollux-$RABBITMQ_PORT@localhost" RABBITMQ_USE_LONGNAME=false
    export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$RABBITMQ_PORT RABBITMQ_DIST_PORT=$dist
    export RABBITMQ_MNESIA_BASE="$home/mnesia" RABBITMQ_LOG_BASE="$home/log" RABBITMQ_PID_FILE="$home/pid"
    export RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" RABBITMQ_CONFIG_FILES="$home/no.conf.d"
    export RABBITMQ_CONF_ENV_FILE="$home/none" RABBITMQ_ADVANCED_CONFIG_FILE="$home/none"
    export RABBITMQ_ENABLED_PLUGINS_FILE="$home/enabled_plugins" RABBITMQ_GENERATED_CONFIG_DIR="$home/generated"
    # Busy-waiting schedulers would cost a small machine one core when idle.
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}'
    require_free_port "$dist" POLLUX_RABBITMQ_PORT
    require_free_port "$epmd" POLLUX_RABBITMQ_PORT
    cd "$home" || return
    # Our own epmd, in the same process group: one started by Erlang would be left running.
    # shellcheck disable=SC2016
    spawn rabbitmq bash -c 'epmd & until (exec 3<>"/dev/tcp/127.0.0.1/$ERL_EPMD_PORT") 2>/dev/null; do sleep 0.05; done; exec "$0"' \
        "$RABBITMQ_SERVER"
)

start_mosquitto() (
    local home="$POLLUX_HOME/mosquitto"
    if [[ -n $MOSQUITTO_ROOT ]]; then
        LD_LIBRARY_PATH="$(library_path "$MOSQUITTO_ROOT")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
        export LD_LIBRARY_PATH
    fi
    write_broker_accounts || return
    {
        cat "$LOCAL/mosquitto.conf"
        say "password_file $home/passwords"
        say "acl_file $home/acl"
        say "persistence_location $home/"
        say "listener $MQTT_PORT 127.0.0.1"
        if [[ -n ${POLLUX_MQTT_TLS:-} ]]; then tls_listener; fi
    } >"$home/mosquitto.conf"
    spawn mosquitto "$MOSQUITTO_SERVER" -c "$home/mosquitto.conf"
)
