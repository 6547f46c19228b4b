# shellcheck shell=bash disable=SC2016
check "memory is put, read, searched and forgotten" <<'C'
status 1 sidestep memory get "$run/tastes" tea
sidestep memory put "$run/tastes" tea '{"like": "green",  "cups": 3}'
echo '{"like": "black"}' | sidestep memory put "$run/tastes" coffee - --ttl 1h
is "$(sidestep memory get "$run/tastes" tea)" '{"like": "green",  "cups": 3}'
is "$(sidestep memory get "$run/tastes" coffee --refresh --json | jq .item.ttl_ms)" 3600000
has "$(sidestep memory search "$run")" "$run/tastes"
has "$(sidestep memory search "$run" --query GREEN)" tea
is "$(sidestep memory search "$run" --filter '{"cups": {"$gt": 2}}' --json | jq -r '.items[].key')" tea
is "$(sidestep memory search "$run" --limit 1 --offset 1 --json | jq '.items | length')" 1
is "$(sidestep memory search "$run" --query nothing)" "nothing is remembered that matches"
sidestep memory put "[\"$run\", \"a/b\"]" k 1
is "$(sidestep memory namespaces "$run")" "$(printf '["%s","a/b"]\n%s/tastes' "$run" "$run")"
is "$(sidestep memory namespaces "$run/*" --suffix tastes)" "$run/tastes"
is "$(sidestep memory namespaces "$run" --max-depth 1)" "$run"
sidestep memory delete "$run/tastes" tea
status 1 sidestep memory delete "$run/tastes" tea
status 64 sidestep memory search "$run" --filter '{"a": {"$in": 1}}' 2>error
has "$(cat error)" '$gte'
is "$(sidestep memory clear "$run")" 2
is "$(sidestep memory namespaces "$run")" ""
C
