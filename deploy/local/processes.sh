# shellcheck shell=bash
# Output, ports and processes. Sourced by pollux.

# shellcheck disable=SC2034
if [[ -t 1 ]]; then BOLD=$'\e[1m' GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m'; else BOLD='' GREEN='' RED='' PLAIN=''; fi

say() { printf '%s\n' "$*"; }
complain() { printf '%spollux: %s%s\n' "$RED" "$*" "$PLAIN" >&2; }
fail() { complain "$@"; exit 1; }

now() { printf '%s' "${EPOCHREALTIME//[!0-9]/}"; }
seconds_since() { local tenths=$((($(now) - $1) / 100000)); printf '%d.%d' $((tenths / 10)) $((tenths % 10)); }

report_ready() { # name address started-at
    printf '%-14s%sready%s  %s  (%s s)\n' "$1" "$GREEN" "$PLAIN" "$2" "$(seconds_since "$3")"
}

show_log_tail() { # name
    complain "last lines of $LOGS/$1.log:"
    tail -n 25 "$LOGS/$1.log" >&2 || true
}

# The start time distinguishes our process from a later one with the same pid. A zombie counts as gone.
start_time() { # pid
    local stat fields
    { read -r -d '' stat <"/proc/$1/stat" || [[ -n ${stat:-} ]]; } 2>/dev/null || return 1
    read -ra fields <<<"${stat##*) }"
    [[ ${fields[0]} != [ZX] ]] && printf '%s' "${fields[19]}"
}

pid_of() { # name -> pid of the live process, or fails
    local pid started
    { read -r pid started <"$RUN/$1.pid"; } 2>/dev/null || return 1
    [[ -n $started && $(start_time "$pid") == "$started" ]] && printf '%s' "$pid"
}

running() { pid_of "$1" >/dev/null; }

# Runs a command as the leader of its own session, so that Ctrl-C here does not reach it and its group can be signalled.
spawn() { # name command...
    local name=$1
    shift
    setsid "$@" </dev/null >>"$LOGS/$name.log" 2>&1 9>&- &
    disown $! # if it ends by itself, we report it, not bash
    printf '%s %s\n' $! "$(start_time $! || true)" >"$RUN/$name.pid"
}

descendants() { # pid
    local child
    while read -r child; do
        printf '%s ' "$child"
        descendants "$child"
    done < <(cat "/proc/$1"/task/*/children 2>/dev/null | tr ' ' '\n')
}

wait_gone() { # name tenths-of-seconds
    local left=$2
    while running "$1"; do
        ((left-- > 0)) || return 1
        sleep 0.1
    done
}

# PostgreSQL's backends have their own sessions, so killing the group alone would miss them.
kill_hard() { # name
    local pid
    pid=$(pid_of "$1") || return 0
    # shellcheck disable=SC2046
    kill -KILL -- "-$pid" $(descendants "$pid") 2>/dev/null || true
    wait_gone "$1" 50
}

# Members of the group may outlive a leader that was killed alone. As long as they live, the kernel does not reuse its pid.
sweep_group() { # name
    local pid rest
    { read -r pid rest <"$RUN/$1.pid"; } 2>/dev/null || return 0
    if [[ -n $pid ]] && ! start_time "$pid" >/dev/null; then kill -KILL -- "-$pid" 2>/dev/null || true; fi
    rm -f "$RUN/$1.pid"
}

stop() { # name signal seconds
    local pid began
    if pid=$(pid_of "$1"); then
        began=$(now)
        kill "-$2" "$pid" 2>/dev/null || true
        wait_gone "$1" "$(($3 * 10))" || kill_hard "$1" || fail "$1 (pid $pid) does not stop"
        printf '%-14sstopped  (%s s)\n' "$1" "$(seconds_since "$began")"
    fi
    sweep_group "$1"
}

port_is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A process that has just been killed may hold its port for a moment.
require_free_port() { # port variable
    local left=20
    while port_is_open "$1"; do
        ((left-- > 0)) || fail "port $1 is taken by another program; choose another with $2 (or all with POLLUX_PORT_OFFSET)"
        sleep 0.1
    done
}

# Sends the opening bytes of a protocol and compares the first byte of the response.
answers() ( # port request first-byte
    exec 2>/dev/null
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf '%b' "$2" >&3
    IFS= read -r -t 2 -N 1 byte <&3 && [[ $byte == "$3" ]]
)

wait_ready() { # name probe seconds; 2 = the process ended
    local deadline=$((SECONDS + $3))
    until "$2" "$1"; do
        running "$1" || return 2
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}
