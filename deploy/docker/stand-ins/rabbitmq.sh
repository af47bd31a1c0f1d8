#!/bin/bash
# What compose and Testcontainers use of the official image's entry point: RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS and /etc/rabbitmq.
set -euo pipefail
if [[ ${1:-} == rabbitmq-server ]]; then
    mkdir -p /tmp/rabbitmq
    {
        printf 'loopback_users = none\nlog.console = true\nlog.file = false\n'
        printf 'default_user = %s\ndefault_pass = %s\n' "${RABBITMQ_DEFAULT_USER:-guest}" "${RABBITMQ_DEFAULT_PASS:-guest}"
    } >/tmp/rabbitmq/rabbitmq.conf
    if [[ -f /etc/rabbitmq/conf.d/pollux.conf ]]; then cat /etc/rabbitmq/conf.d/pollux.conf >>/tmp/rabbitmq/rabbitmq.conf; fi
    export RABBITMQ_CONFIG_FILE=/tmp/rabbitmq/rabbitmq.conf
    set -- /usr/lib/rabbitmq/bin/rabbitmq-server
fi
exec "$@"
