#!/bin/bash
# The subset of the official image's entry point that compose and Testcontainers use: POSTGRES_USER, _PASSWORD, _DB, PGDATA and scripts of
# one-line statements in /docker-entrypoint-initdb.d.
set -euo pipefail
user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
if [[ ${1:-} == -* ]]; then set -- postgres "$@"; fi
if [[ ${1:-} == postgres && ! -s $PGDATA/PG_VERSION ]]; then
    initdb -D "$PGDATA" -U "$user" -A scram-sha-256 -E UTF8 --locale=C --pwfile=<(printf '%s' "${POSTGRES_PASSWORD:?}")
    printf 'host all all all scram-sha-256\nhost replication all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    if [[ $database != postgres ]]; then postgres --single -D "$PGDATA" postgres <<<"CREATE DATABASE \"$database\""; fi
    for script in /docker-entrypoint-initdb.d/*.sql; do
        if [[ -f $script ]]; then grep -v '^--' "$script" | postgres --single -D "$PGDATA" "$database"; fi
    done
    echo 'PostgreSQL init process complete; ready for start up.'
fi
if [[ ${1:-} == postgres ]]; then set -- "$@" -c listen_addresses='*'; fi
exec "$@"
