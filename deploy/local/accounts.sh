# shellcheck shell=bash
# Accounts at PostgreSQL, RabbitMQ and Mosquitto: one of each service, and one of the owner, who may do everything. Sourced by pollux.

OWNER=pollux
WITH_ACCOUNTS=("$OWNER" ingest twin-state simulation query plant)

# One password per account, random, for all servers that know it. What is there stays.
make_server_accounts() {
    local name file="$ACCOUNTS/servers"
    make_private "$ACCOUNTS"
    for name in "${WITH_ACCOUNTS[@]}"; do
        if [[ -f $file ]] && grep -q "^$name " "$file"; then continue; fi
        (umask 077; printf '%s %s\n' "$name" "$(random_hex 16)" >>"$file")
    done
}

make_private() { mkdir -p "$1" && chmod 700 "$1"; } # folder

accounts_digest() { sha256sum <"$ACCOUNTS/servers"; }

random_hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

password_of() { # account
    awk -v name="$1" '$1 == name { print $2 }' "$ACCOUNTS/servers" 2>/dev/null
}

# A role's name in SQL, like the service's schema.
role_of() { printf '%s' "${1//-/_}"; }

# The statements that make the roles; their rights follow with the schema (db-apply). One line each, as 'postgres --single' reads them.
role_statements() {
    local name role
    for name in "${WITH_ACCOUNTS[@]}"; do
        [[ $name != plant ]] || continue
        role=$(role_of "$name")
        say "do \$\$ begin if not exists (select from pg_roles where rolname = '$role') then create role $role; end if; end \$\$;"
        say "alter role $role login password '$(password_of "$name")';"
    done
}

# RabbitMQ's definitions with the hashes of this system's passwords.
rabbitmq_definitions() { # home
    local name script=''
    # A node that an earlier version made has the account 'guest', whose password everybody knows: without a hash nobody signs in with it.
    if [[ -d $1/mnesia && ! -f $1/definitions.json ]]; then script='s|^  "users": \[$|&\n    { "name": "guest", "password_hash": "", "tags": "" },|;'; fi
    for name in "${WITH_ACCOUNTS[@]}"; do
        script+="/\"name\": \"$name\"/s|\"password_hash\": \"[^\"]*\"|\"password_hash\": \"$(rabbitmq_hash "$(password_of "$name")")\"|;"
    done
    sed "$script" "$REPO/deploy/accounts/definitions.json"
}

# Base64 of four random bytes and of the SHA-256 of these and the password.
rabbitmq_hash() { # password
    local salt digest
    salt=$(random_hex 4)
    digest=$({ as_bytes "$salt"; printf '%s' "$1"; } | sha256sum | cut -c1-64)
    as_bytes "$salt$digest" | base64 -w0
}

# shellcheck disable=SC2001,SC2059
as_bytes() { printf "$(sed 's/../\\x&/g' <<<"$1")"; } # hexadecimal digits

# Mosquitto's files: the services' accounts and those of devices, each of which is a file in $ACCOUNTS/devices: its name and hash in the
# first line, then what it may do.
write_broker_accounts() {
    local home="$POLLUX_HOME/mosquitto" device
    (
        umask 077
        sed "s/extrusion-line/${Plant__Asset:-extrusion-line}/g" "$REPO/deploy/accounts/acl" >"$home/acl.new"
        for device in "$OWNER" ingest plant; do say "$device:$(password_of "$device")"; done >"$home/passwords.new"
        hash_passwords "$home/passwords.new" || exit
        for device in "$ACCOUNTS"/devices/*; do
            [[ -f $device ]] || continue
            # Whoever has a certificate has no password.
            head -1 "$device" | grep : >>"$home/passwords.new" || true
            { say ""; say "user ${device##*/}"; tail -n +2 "$device"; } >>"$home/acl.new"
        done
        mv "$home/passwords.new" "$home/passwords"
        mv "$home/acl.new" "$home/acl"
    )
}

# Of a file, as arguments are visible to all users of the machine.
hash_passwords() { # file
    local program=mosquitto_passwd libraries=${LD_LIBRARY_PATH:-}
    if [[ -n $MOSQUITTO_ROOT ]]; then
        program="$MOSQUITTO_ROOT/usr/bin/mosquitto_passwd"
        libraries="$(library_path "$MOSQUITTO_ROOT")${libraries:+:$libraries}"
    fi
    LD_LIBRARY_PATH=$libraries "$program" -U "$1" >>"$LOGS/mosquitto.log" 2>&1 || { complain "mosquitto_passwd could not hash passwords"; return 1; }
}

# An account of a device at the broker, which may publish about its own asset only.
device() { # ASSET [--name NAME] [--node NODE] | --remove NAME | --list
    local asset='' name='' node=() certificate=0 verb=add folder="$ACCOUNTS/devices" topics password
    while [[ $# -gt 0 ]]; do
        case $1 in
            --name) name=${2:-}; [[ -n $name ]] || fail "--name needs the name of the account"; shift ;;
            --node) node=(--node "${2:-}"); shift ;;
            --certificate) certificate=1 ;;
            --remove) verb=remove name=${2:-}; [[ -n $name ]] || fail "--remove needs the name of the account; there are: $(devices)"; shift ;;
            --list) verb=list ;;
            -*) fail "device accepts --name NAME, --node NODE, --certificate, --remove NAME and --list, not $1" ;;
            *) [[ -z $asset ]] || fail "device takes one asset"; asset=$1 ;;
        esac
        [[ $# -eq 0 ]] || shift
    done
    if [[ $verb == list ]]; then devices; return; fi
    take_lock
    find_mosquitto
    if [[ $verb == remove ]]; then
        [[ $name =~ $ACCOUNT_NAME && -f $folder/$name ]] || fail "there is no device '$name'; there are: $(devices)"
        rm "$folder/$name"
        reload_broker
        say "$name is removed; a device that was connected with it is cut off"
        return
    fi
    [[ -n $asset ]] || fail "which asset? e.g. ./pollux device pump-7"
    name=${name:-$asset}
    [[ $name =~ $ACCOUNT_NAME && " ${WITH_ACCOUNTS[*]} " != *" $name "* ]] ||
        fail "--name is '$name'; allowed: 1 to 64 letters, digits, dots, - and _ (not ${WITH_ACCOUNTS[*]})"
    if ((certificate)); then
        [[ -f $ACCOUNTS/tls/ca.key ]] || fail "only this system's own authority can make certificates: run ./pollux up with POLLUX_MQTT_TLS=own"
        [[ $name != @(ca|broker) ]] || fail "--name is '$name', which is a certificate of the broker's"
    fi
    topics=$(client device-topics "$asset" "${node[@]}") || exit
    password=$(random_hex 16)
    make_private "$folder"
    (
        umask 077
        if ((certificate)); then
            say certificate >"$POLLUX_HOME/run/device.new"
        else
            say "$name:$password" >"$POLLUX_HOME/run/device.new"
            hash_passwords "$POLLUX_HOME/run/device.new" || exit
        fi
        say "$topics" >>"$POLLUX_HOME/run/device.new"
        mv "$POLLUX_HOME/run/device.new" "$folder/$name"
    ) || fail "no account could be made"
    if ((certificate)); then sign_certificate "$name" 365 extendedKeyUsage=clientAuth; fi
    reload_broker
    if ((certificate)); then
        say "user         $name"
        say "certificate  $ACCOUNTS/tls/$name.pem"
        say "key          $ACCOUNTS/tls/$name.key: give it to the device and delete it here"
        say "The broker's is vouched for by $ACCOUNTS/tls/ca.pem. It may:"
    else
        say "user      $name"
        say "password  $password"
        say "It is shown this once; 'mosquitto_pub -u $name -P PASSWORD …' uses it. It may:"
    fi
    say "$topics" | sed 's/^topic /  /'
}

ACCOUNT_NAME='^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'

devices() {
    local file names=()
    for file in "$ACCOUNTS"/devices/*; do if [[ -f $file ]]; then names+=("${file##*/}"); fi; done
    say "${names[*]:-none}"
}

# Mosquitto reads both files again, without a restart, and cuts off whose account is gone.
reload_broker() {
    local pid
    write_broker_accounts || fail "the broker's accounts could not be written"
    if pid=$(pid_of mosquitto); then kill -HUP "$pid"; fi
}
