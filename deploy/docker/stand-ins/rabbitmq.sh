#!/bin/bash
# The subset of the official image's entry point that compose and Testcontainers use: RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS and
# /etc/rabbitmq.
set -euo pipefail
if [[ ${1:-} == rabbitmq-server ]]; then
    RABBITMQ_CONFIG_FILE=$(mktemp -d)/rabbitmq.conf
    export RABBITMQ_CONFIG_FILE
    {
        printf 'loopback_users = none\nlog.console = true\nlog.file = false\n'
        printf 'default_user = %s\ndefault_pass = %s\n' "${RABBITMQ_DEFAULT_USER:-guest}" "${RABBITMQ_DEFAULT_PASS:-guest}"
    } >"$RABBITMQ_CONFIG_FILE"
    if [[ -f /etc/rabbitmq/conf.d/pollux.conf ]]; then cat /etc/rabbitmq/conf.d/pollux.conf >>"$RABBITMQ_CONFIG_FILE"; fi
    set -- /usr/lib/rabbitmq/bin/rabbitmq-server
fi
exec "$@"
