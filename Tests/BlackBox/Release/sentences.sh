# shellcheck shell=bash
# What the two tests of an installed Sidestep share: sentences that are true or not, and an operator's looks.
passed=0 failed=0 prefix=${prefix:-/usr}
# shellcheck disable=SC2034  # for who reads this file
socket=/run/sidestep/sidestep.sock database=/var/lib/sidestep/sidestep.db

is() { # SENTENCE COMMAND...
    local sentence=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
        echo "ok  $sentence"
    else
        failed=$((failed + 1))
        printf 'NO  %s\n%s\n' "$sentence" "$output" | sed '2,$s/^/    /'
    fi
}
as() { # USER COMMAND...
    local path=$prefix/bin:/usr/bin:/bin
    runuser -u "$1" -- env -i PATH="$path" SIDESTEP_SOCKET=$socket SIDESTEP_AUTOSTART=0 "${@:2}"
}
# shellcheck disable=SC2317  # called through `is`
equal() { [ "$1" = "$2" ] || { echo "got: $1"; echo "not: $2"; return 1; }; }
# shellcheck disable=SC2317
wait_active() {
    for _ in $(seq 200); do [ "$(systemctl is-active sidestepd.service)" = active ] && return 0; sleep 0.05; done
    systemctl status sidestepd.service
    return 1
}
