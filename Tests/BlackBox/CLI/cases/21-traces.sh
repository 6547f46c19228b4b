# shellcheck shell=bash disable=SC2016
# Traces: where a program stands in one. The daemon has a collector that is not there; nothing is asked of it here.

traced='
echo "otlp_endpoint = http://127.0.0.1:9" > "$run.conf"
export SIDESTEP_SOCKET=$PWD/$run.sock
sidestepd --socket "$SIDESTEP_SOCKET" --database "$PWD/$run.db" --config "$PWD/$run.conf" 2>/dev/null & own=$!
trap "kill -9 $own" EXIT
comes sidestep ping
given=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
place() { case $1 in 00-????????????????????????????????-????????????????-01) ;; *) echo "no place: $1"; exit 1 ;; esac; }
'

check "programs and their steps find their own spans, below that of whoever called" <<C
$traced
export TRACEPARENT=\$given
sidestep run --id "\$run" -- sh -c 'echo "\$TRACEPARENT"; sidestep step s -- sh -c "echo \\\$TRACEPARENT"' > out
{ read -r program; read -r step; } < out
place "\$program"
place "\$step"
[ "\$program" != "\$step" ]
[ "\$program" != "\$given" ]
is "\$(echo "\$program" | cut -d- -f2)" 0af7651916cd43dd8448eb211c80319c
is "\$(echo "\$step" | cut -d- -f2)" 0af7651916cd43dd8448eb211c80319c
is "\$(sidestep call run.get "{\"run\":\"\$run\"}" | jq -r .traceparent)" "\$program"
C

check "what is no place in a trace is nothing, and a program without one begins a trace" <<C
$traced
for odd in nonsense "" 00-00000000000000000000000000000000-b7ad6b7169203331-01 'x"y'; do
    export TRACEPARENT=\$odd
    eval "\$(sidestep start)"
    place "\$(sidestep step s -- sh -c 'echo "\$TRACEPARENT"')"
    sidestep finish 2>/dev/null
done
C

check "in each shell the steps of sidestep.sh find their spans, and a run is below its caller's" <<C
$traced
for shell in \$SHELLS; do
    for place in "\$given" nonsense 00-00000000000000000000000000000000-b7ad6b7169203331-01; do
        TRACEPARENT=\$place "\$shell" -c '. "\$1"; sidestep_start; sidestep_step s sh -c "echo \\\$TRACEPARENT"; sidestep_finish' \
            - "$here/../../../clients/shell/sidestep.sh" > out
        place "\$(cat out)"
        [ "\$place" != "\$given" ] || is "\$(cut -d- -f2 out)" 0af7651916cd43dd8448eb211c80319c
    done
done
C

check "without a collector a program keeps the place that it was given" <<'C'
export TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
is "$(sidestep run --id "$run" -- sh -c 'echo "$TRACEPARENT"; sidestep step s -- sh -c "echo \$TRACEPARENT"')" "$TRACEPARENT
$TRACEPARENT"
C
