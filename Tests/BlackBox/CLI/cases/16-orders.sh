export ORDERS=$bin/sidestep-example-orders

check "an order that is killed again and again is charged, reserved and shipped, each repeated at most once per kill" <<'C'
kills=0
for _ in $(seq 40); do
    setsid "$ORDERS" "$run" 120 lamp,chair,table "effects-$run" 0.05 >"out-$run" 2>&1 & pid=$!
    if [ "$kills" -lt 5 ]; then
        before=$(lines "effects-$run")
        comes eval '[ "$(lines "effects-$run")" -gt "$before" ] || gone "$pid" || shows "\"waiting\"" sidestep call step.list "{\"run\": \"$run\"}"'
        kill -9 "$pid" && kills=$((kills + 1))
        wait "$pid" || :
    else
        # The answer was sent before this start: it is kept.
        wait "$pid" && break
    fi
    [ "$kills" -ne 5 ] || sidestep signal "$run" approval --value '{"approved": true}' --id yes 2>/dev/null
done 2>/dev/null
has "$(cat "out-$run")" "shipped: parcel-$run, paid by payment-$run"
for item in lamp chair table; do
    count=$(grep -c "reserve $item" "effects-$run")
    [ "$count" -ge 1 ] && [ "$count" -le 2 ] || { cat "effects-$run"; exit 1; }
done
is "$(grep -c "ship $run" "effects-$run")" 1
# However often it was tried, the bank was told the same key.
is "$(grep charge "effects-$run" | sort -u | wc -l)" 1
is "$("$ORDERS" "$run" 120 lamp,chair,table /dev/null)" "$(cat "out-$run")"
C

check "an order that is denied gives back what it took, over kills, and is refused for whoever asks again" <<'C'
sidestep signal "$run" approval --create --value '{"approved": false, "message": "too dear"}' --id no
for _ in $(seq 40); do
    setsid "$ORDERS" "$run" 500 lamp,chair "effects-$run" 0.03 >"out-$run" 2>&1 & pid=$!
    before=$(lines "effects-$run")
    comes eval '[ "$(lines "effects-$run")" -gt "$before" ] || gone "$pid"'
    if [ "$before" -lt 5 ]; then kill -9 "$pid" || :; fi
    got=0; wait "$pid" || got=$?
    [ "$got" != 1 ] || break
done 2>/dev/null
is "$(cat "out-$run")" 'refused: denied(Optional("too dear"))'
is "$(grep -v charge "effects-$run" | uniq)" "reserve lamp
reserve chair
put back chair
put back lamp
refund payment-$run"
is "$(state "$run")" failed
is "$("$ORDERS" "$run" 500 lamp,chair /dev/null || :)" "$(cat "out-$run")"
has "$(sidestep why "$run")" "Steps of it were undone by"
C

check "an order of what is sold out gives back what it had" <<'C'
status 1 "$ORDERS" "$run" 10 lamp,unicorn "effects-$run" >"out-$run"
is "$(cat "out-$run")" 'refused: soldOut("unicorn")'
is "$(sed 's/ [^ ]*$//' "effects-$run")" "charge $run 10
reserve
put back
refund"
C
