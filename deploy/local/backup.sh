# shellcheck shell=bash
# Backup and restore of the log, and the drill that proves both. Sourced by pollux.

step() { # name started-at what...
    printf '%-14s%s  (%s s)\n' "$1" "${*:3}" "$(seconds_since "$2")"
}

bytes() { awk -v n="$1" 'BEGIN { split("B kB MB GB TB", unit, " "); i = 1; while (n >= 1000 && i < 5) { n /= 1000; i++ } printf(i == 1 ? "%d %s" : "%.1f %s", n, unit[i]) }'; }

file_size() { bytes "$(stat -c %s "$1")"; }

# Of the newest PostgreSQL here: pg_dump refuses servers that are newer than itself. The embedded distribution has none of these programs.
find_postgres_clients() {
    local candidate
    POSTGRES_CLIENTS=''
    while read -r candidate; do
        if [[ -x $candidate/pg_dump && -x $candidate/pg_restore && -x $candidate/psql ]]; then POSTGRES_CLIENTS=$candidate; fi
    done < <(printf '%s\n' "$(dirname "$(command -v pg_dump || printf /nowhere/pg_dump)")" /usr/lib/postgresql/*/bin | sort -V; printf '%s\n' "${POLLUX_POSTGRES_BIN:-}")
    [[ -n $POSTGRES_CLIENTS ]] ||
        fail "no pg_dump, pg_restore and psql found, which PostgreSQL's embedded distribution lacks: install postgresql-client of the server's version or newer, or set POLLUX_POSTGRES_BIN to a directory that has them"
}

# The database of this system, or the one that a connection string of the environment names.
use_database() { # connection string
    local part value
    while IFS= read -r -d ';' part; do
        value=${part#*=}
        case ${part%%=*} in
            [Hh]ost) export PGHOST=$value ;;
            [Pp]ort) export PGPORT=$value ;;
            [Uu]sername) export PGUSER=$value ;;
            [Pp]assword) export PGPASSWORD=$value ;;
            [Dd]atabase) export PGDATABASE=$value ;;
        esac
    done <<<"$1;"
    export PGCONNECT_TIMEOUT=10
}

own_database() { server_env | sed -n 's/^ConnectionStrings__Postgres=//p'; }

sql() { # database statement
    PGOPTIONS='-c client_min_messages=warning' "$POSTGRES_CLIENTS/psql" -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"
}

require_reachable_log() {
    local server client
    server=$(sql "$PGDATABASE" 'show server_version_num' 2>&1) ||
        fail "no database answers at $PGHOST:${PGPORT:-5432} (${server##*: }); start the system with 'pollux up', or name its database in ConnectionStrings__Postgres"
    client=$("$POSTGRES_CLIENTS/pg_dump" --version | grep -oE '[0-9]+' | head -1)
    ((client >= server / 10000)) || fail "pg_dump $client in $POSTGRES_CLIENTS cannot read PostgreSQL $((server / 10000)): install postgresql-client-$((server / 10000)), or set POLLUX_POSTGRES_BIN"
    [[ $(sql "$PGDATABASE" "select to_regclass('events.mt_events') is not null") == t ]] || fail "database $PGDATABASE at $PGHOST:${PGPORT:-5432} has no log"
}

log_facts() { # database -> events, last position, size
    sql "$1" "select count(*) || ' events to position ' || coalesce(max(seq_id), 0) || ', ' from events.mt_events" | tr -d '\n'
    bytes "$(sql "$1" "select sum(pg_total_relation_size(c.oid)) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'events' and c.relkind = 'r'")"
}

# A copy of the log while it is being written: a snapshot, so it never holds half a transaction.
backup() { # file
    [[ $# -eq 1 && $1 != -* ]] || fail "backup takes one argument, the file to write"
    mkdir -p "$LOGS" "$TOOLS"
    find_postgres_clients
    use_database "${ConnectionStrings__Postgres:-$(own_database)}"
    require_reachable_log
    dump_log "$1"
}

dump_log() { # file
    local began
    began=$(now)
    [[ ! -e $1 ]] || fail "$1 exists; a backup overwrites none"
    [[ -d $(dirname "$1") ]] || fail "the folder of $1 does not exist"
    # By this name, services do not wait for its transaction when they look for a safe position.
    PGAPPNAME=pg_dump "$POSTGRES_CLIENTS/pg_dump" --format=custom --compress=6 --schema=events --file="$1.partial" || fail "the log could not be dumped"
    "$POSTGRES_CLIENTS/pg_restore" --list "$1.partial" >/dev/null || fail "$1.partial cannot be read back"
    mv "$1.partial" "$1"
    step backup "$began" "$1, $(file_size "$1")"
}

# Read models are not restored: they live in the same database, are dropped with it, and are made again from the log.
restore() { # file [--replace]
    local file='' replace=0 name held
    while [[ $# -gt 0 ]]; do
        case $1 in
            --replace) replace=1 ;;
            -*) fail "restore takes a file and --replace, not $1" ;;
            *) [[ -z $file ]] || fail "restore takes one file"; file=$1 ;;
        esac
        shift
    done
    [[ -n $file ]] || fail "which file? It was written by 'pollux backup'"
    take_lock
    find_postgres_clients
    check_backup "$file"
    while read -r name; do
        ! running "$name" || fail "$name is running: a log is restored into a system that is down; run 'pollux down' first"
    done < <(all_services; say rabbitmq)
    trap stop_started EXIT
    servers_up postgres
    use_database "$(own_database)"
    held=$(events_held)
    if ((held > 0 && !replace)); then
        fail "the log here holds $held events; 'restore $file --replace' deletes them"
    fi
    load_log "$file"
    # Its messages are about the log that was replaced: news of versions that another history has.
    rm -rf "$POLLUX_HOME/rabbitmq"
    say "The log is restored; 'pollux up' makes the read models from it."
}

check_backup() { # file
    [[ -f $1 ]] || fail "$1 does not exist"
    # Read to its end: who writes into a pipe that is closed fails.
    "$POSTGRES_CLIENTS/pg_restore" --list "$1" 2>/dev/null | grep ' TABLE events mt_events ' >/dev/null || fail "$1 is not a backup of a log"
}

events_held() {
    if [[ $(sql pollux "select to_regclass('events.mt_events') is not null") == t ]]; then sql pollux 'select count(*) from events.mt_events'; else say 0; fi
}

# Into a database beside the present one, which gives way only when the new one is complete.
load_log() { # file
    local began
    began=$(now)
    sql postgres 'drop database if exists pollux_restored with (force)'
    sql postgres 'create database pollux_restored'
    "$POSTGRES_CLIENTS/pg_restore" --exit-on-error --no-owner --no-privileges --jobs="$(nproc)" --dbname=pollux_restored "$1" >>"$LOGS/restore.log" 2>&1 ||
        { show_log_tail restore; sql postgres 'drop database pollux_restored with (force)'; fail "$1 could not be restored; the log that was here is unchanged"; }
    sql pollux_restored 'analyze'
    sql postgres 'drop database if exists pollux with (force)'
    sql postgres 'alter database pollux_restored rename to pollux'
    step restore "$began" "$(log_facts pollux)"
}

# Backup, restore on private servers, seals, read models: what a disaster would ask for, without one. The running system is only read.
drill() {
    local live_database live_query keys dump views began
    [[ $# -eq 0 ]] || fail "drill takes no arguments"
    began=$(now)
    find_postgres_clients
    live_database=${ConnectionStrings__Postgres:-$(own_database)}
    live_query=${Services__Query:-http://127.0.0.1:$QUERY_PORT}
    keys=${Seals__Keys:-$SEALS}
    ask_as_admin
    become_private drill 2500
    trap 'stop_started >/dev/null; delete_state' EXIT
    build services/Services.slnf
    dump="$POLLUX_HOME/log.dump" views="$POLLUX_HOME/twins.ndjson"
    rm -f "$dump" "$views"
    drill_backup
    drill_servers
    use_database "$(own_database)"
    load_log "$dump"
    rm -f "$dump"
    export_connections
    drill_seals "$keys"
    drill_services
    export Services__Query="http://127.0.0.1:$QUERY_PORT"
    told rebuild compare-twins "$views"
    step OK "$began" "this log can be restored, and gives the same twins"
}

# The log first, the twins' hashes a moment before: whatever they include is in the dump.
drill_backup() (
    use_database "$live_database"
    require_reachable_log
    export Services__Query="$live_query"
    told note note-twins "$views"
    dump_log "$dump"
)

# Runs the client and prints the last line of its output after the name of the step; all of it if it fails.
told() { # step arguments...
    local output began
    began=$(now)
    output=$("$DOTNET" "$(assembly Cli)" "${@:2}" 2>&1) || { printf '%s\n' "$output" >&2; fail "the drill ends at step '$1'"; }
    step "$1" "$began" "$(tail -1 <<<"$output")"
}

drill_servers() {
    local began
    began=$(now)
    servers_up postgres rabbitmq >/dev/null
    step servers "$began" "private ones, PostgreSQL on port $POSTGRES_PORT"
}

# Streams first: an event that is gone leaves a gap that nothing is folded beyond.
drill_seals() { # keys
    local began output archived=""
    began=$(now)
    # Archived ones count, too; backups of older versions have no archive.
    [[ $(sql pollux "select to_regclass('events.archived_readings') is not null") == f ]] ||
        archived="union all select stream_id, last_version - first_version + 1 from events.archived_readings"
    output=$(sql pollux "select s.id || ' has ' || coalesce(e.events, 0) || ' events, but version ' || s.version from events.mt_streams s
        left join (select stream_id, sum(n) as events from (
            select stream_id, count(*) as n from events.mt_events group by stream_id $archived) n group by stream_id) e on e.stream_id = s.id
        where coalesce(e.events, 0) <> s.version order by s.id limit 1")
    [[ -z $output ]] || fail "the drill ends at step 'verify': stream $output"
    if [[ $(sql pollux "select exists(select from events.mt_events where type = 'log_sealed')") == f ]]; then
        step verify "$began" "no day is sealed yet"
        return
    fi
    output=$("$DOTNET" "$(assembly Cli)" verify --keys "$1" 2>&1) || { printf '%s\n' "$output" >&2; fail "the drill ends at step 'verify'"; }
    step verify "$began" "$(grep -E '^[0-9]+ days?, ' <<<"$output")"
}

# Only those that make and show twins. The models are in the log; those of this build might be newer, which would change the twins.
drill_services() {
    local began
    began=$(now)
    renew_services "${BACKEND[@]}"
    apply_schema
    mkdir -p "$POLLUX_HOME/no-models"
    export Assets__Directory="$POLLUX_HOME/no-models" TwinState__Estimates=false
    export Limits__ReadingsFromLog=1000000000 Limits__ExpensiveRequestsPer10Seconds=1000000
    services_up twin-state query >/dev/null
    step services "$began" "twin-state and query, without read models"
}
