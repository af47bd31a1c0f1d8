# shellcheck shell=bash disable=SC2034
# Directories and ports, from the environment. Sourced by pollux.

# Keeping memory of code unwritable costs a fifth of the CPU of a start. Deployed services do keep it so.
export DOTNET_EnableWriteXorExecute=0

configure() {
    local offset=${POLLUX_PORT_OFFSET:-0}
    POLLUX_HOME=$(readlink -m "${POLLUX_HOME:-$REPO/.pollux}")
    RUN="$POLLUX_HOME/run"
    LOGS="$POLLUX_HOME/logs"
    SEALS="$POLLUX_HOME/seals"
    ACCOUNTS="$POLLUX_HOME/accounts"
    TOOLS=${POLLUX_TOOLS:-$POLLUX_HOME/tools}
    POSTGRES_PORT=${POLLUX_POSTGRES_PORT:-$((15432 + offset))}
    RABBITMQ_PORT=${POLLUX_RABBITMQ_PORT:-$((15673 + offset))}
    MQTT_PORT=${POLLUX_MQTT_PORT:-$((11883 + offset))}
    MQTT_TLS_PORT=${POLLUX_MQTT_TLS_PORT:-$((18883 + offset))}
    QUERY_PORT=${POLLUX_QUERY_PORT:-$((5100 + offset))}
    QUERY_GRPC_PORT=${POLLUX_QUERY_GRPC_PORT:-$((5110 + offset))}
    INGEST_PORT=${POLLUX_INGEST_PORT:-$((5101 + offset))}
    TWIN_STATE_PORT=${POLLUX_TWIN_STATE_PORT:-$((5102 + offset))}
    SIMULATION_PORT=${POLLUX_SIMULATION_PORT:-$((5103 + offset))}
    PLANT_PORT=${POLLUX_PLANT_PORT:-$((5104 + offset))}
    DASHBOARD_PORT=${POLLUX_DASHBOARD_PORT:-$((5105 + offset))}
    IDENTITY_PORT=${POLLUX_IDENTITY_PORT:-$((5106 + offset))}
    # Whose tokens count: identity's, another issuer's, or, if set to nothing, nobody is asked who they are.
    OWN_ISSUER=http://127.0.0.1:$IDENTITY_PORT
    ISSUER=${POLLUX_ISSUER-$OWN_ISSUER}
}

# A separate system uses the ports of its own offset, even if the environment sets ports for the main one.
forget_ports() { unset POLLUX_{POSTGRES,RABBITMQ,MQTT,MQTT_TLS,QUERY,QUERY_GRPC,INGEST,TWIN_STATE,SIMULATION,PLANT,DASHBOARD,IDENTITY}_PORT; }
