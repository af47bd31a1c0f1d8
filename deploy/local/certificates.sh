# shellcheck shell=bash
# Certificates of the MQTT broker and of devices (POLLUX_MQTT_TLS). Sourced by pollux.

ENDS_SOON=$((30 * 24 * 3600))

# Files of the broker: a folder with broker.pem and broker.key, and ca.pem that vouches for devices' certificates; 'own': made here.
find_certificates() {
    CERTIFICATES=$POLLUX_MQTT_TLS
    command -v openssl >/dev/null || fail "POLLUX_MQTT_TLS needs openssl; install it"
    if [[ $CERTIFICATES == own ]]; then
        CERTIFICATES="$ACCOUNTS/tls"
        make_certificates
        return
    fi
    [[ -r $CERTIFICATES/broker.pem && -r $CERTIFICATES/broker.key ]] ||
        fail "POLLUX_MQTT_TLS is '$CERTIFICATES'; allowed: own, or a folder with broker.pem and broker.key (and ca.pem for devices' certificates)"
    openssl x509 -noout -in "$CERTIFICATES/broker.pem" 2>/dev/null || fail "$CERTIFICATES/broker.pem holds no certificate; allowed: PEM"
    openssl x509 -checkend 0 -noout -in "$CERTIFICATES/broker.pem" >/dev/null ||
        fail "the certificate $CERTIFICATES/broker.pem ended at $(end_of "$CERTIFICATES/broker.pem"): put a new one there"
    if ! openssl x509 -checkend "$ENDS_SOON" -noout -in "$CERTIFICATES/broker.pem" >/dev/null; then
        complain "the certificate $CERTIFICATES/broker.pem ends at $(end_of "$CERTIFICATES/broker.pem"): put a new one there and run ./pollux up again, or no device can connect from then on"
    fi
}

end_of() { openssl x509 -enddate -noout -in "$1" | cut -d= -f2; } # certificate

# An authority for ten years; a certificate of the broker for one, made anew in its last month.
make_certificates() {
    local folder=$CERTIFICATES
    make_private "$folder"
    if [[ ! -f $folder/ca.pem ]]; then
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Pollux on $(uname -n)" \
            -keyout "$folder/ca.key" -out "$folder/ca.pem" >>"$LOGS/certificates.log" 2>&1 || fail "no certificate could be made; see $LOGS/certificates.log"
    fi
    if ! openssl x509 -checkend "$ENDS_SOON" -noout -in "$folder/broker.pem" >/dev/null 2>&1; then
        sign_certificate broker 365 "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:$(uname -n)"
    fi
}

# Signs a certificate by this system's own authority: NAME.pem and NAME.key beside it.
sign_certificate() { # name days extension
    local folder="$ACCOUNTS/tls"
    (
        umask 077
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$folder/$1.key" -out "$folder/$1.csr" &&
            printf '%s\n' "$3" >"$folder/$1.ext" &&
            openssl x509 -req -in "$folder/$1.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial -days "$2" \
                -extfile "$folder/$1.ext" -out "$folder/$1.pem"
    ) >>"$LOGS/certificates.log" 2>&1 || fail "no certificate could be made; see $LOGS/certificates.log"
    rm -f "$folder/$1.csr" "$folder/$1.ext"
}

# The listener with TLS: for passwords, or, with POLLUX_MQTT_TLS_CERTIFICATES=1, for devices' certificates, whose name is the account's.
tls_listener() {
    say "listener $MQTT_TLS_PORT ${POLLUX_MQTT_TLS_ADDRESS:-127.0.0.1}"
    say "certfile $CERTIFICATES/broker.pem"
    say "keyfile $CERTIFICATES/broker.key"
    [[ ${POLLUX_MQTT_TLS_CERTIFICATES:-} == 1 ]] || return 0
    say "cafile $CERTIFICATES/ca.pem"
    say "require_certificate true"
    say "use_identity_as_username true"
}
