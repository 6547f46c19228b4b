# shellcheck shell=bash disable=SC2016,SC2154
# Recorded calls, as an operator looks at them. A recorder is played by `sidestep call`.

cat >"$place/recorded.sh" <<'C'
# began N TEXT: call N of the run is under way, and was sent TEXT
began() {
    jq -nc --arg call "$run-$1" --arg text "$2" '{recorder: "r", call: $call, upstream: "openai",
        http_method: "POST", path: "/v1/chat", keys: ["k"], model: "gpt-6", request: {text: $text}}' |
        sidestep call --lease recording.begin - >/dev/null
}
# answered N TEXT: it came to TEXT
answered() {
    jq -nc --arg run "$run" --argjson n "$1" --arg call "$run-$1" --arg text "$2" '{run: $run, recording: $n,
        call: $call, status: 200, text: $text, duration_ms: 1500,
        usage: {input_tokens: 9, output_tokens: 4, cost_micros: 2500}}' |
        sidestep call recording.complete - >/dev/null
}
# A run with three calls, the last of which is under way.
recorded() {
    eval "$(sidestep start "$run")"
    sidestep call --lease recording.open '{"recorder":"r"}' >/dev/null
    began 1 '{"messages":["hi"],"time":"05:40"}'
    answered 1 '{"answer":1}'
    began 2 '{"messages":["hi"],"time":"05:41"}'
    answered 2 '{"answer":2}'
    began 3 '{"messages":["bye"]}'
}
C

check "recordings lists the calls of a run and shows one of them with its bytes" <<'C'
. ./recorded.sh && recorded
has "$(sidestep recordings "$run")" "2     completed  openai   gpt-6  200     9+4     1s"
is "$(sidestep recordings "$run" --json | jq -c '[.recordings[].state]')" '["completed","completed","started"]'
is "$(sidestep recordings "$run" --state started --json | jq '.recordings | length')" 1
has "$(sidestep recordings "$run" 1)" "openai POST /v1/chat"
is "$(sidestep recordings "$run" 1 --response)" '{"answer":1}'
is "$(sidestep recordings "$run" 2 --request)" '{"messages":["hi"],"time":"05:41"}'
is "$(sidestep recordings "$run" 1 --json | jq -r .response.text)" '{"answer":1}'
status 64 sidestep recordings "$run" 3 --response 2>error
has "$(cat error)" "nothing came back"
status 64 sidestep recordings "$run" 9 2>error
has "$(cat error)" "has no recording 9"
status 64 sidestep recordings "$run" --response 2>/dev/null
sidestep start "$run-none" >/dev/null
is "$(sidestep recordings "$run-none")" "The run has no such call."
C

check "show and ps tell of recorded calls and of what they used" <<'C'
. ./recorded.sh && recorded
shown=$(sidestep show "$run")
has "$shown" "1 started, 2 completed"
has "$shown" "3     started    openai"
has "$shown" '"input_tokens":18'
has "$(sidestep ps --usage | grep "^$run ")" "3      26      0.005"
case $(sidestep ps) in *TOKENS*) exit 1 ;; esac
has "$(sidestep history "$run")" "recording.completed"
C

check "diff tells where a call differs from the one before it" <<'C'
. ./recorded.sh && recorded
sidestep diff "$run" 2 >found && exit 1
has "$(cat found)" "call 2 differs from call 1 in:"
has "$(cat found)" "/time"
has "$(cat found)" "- 05:40"
has "$(cat found)" "+ 05:41"
is "$(sidestep diff "$run" 2 --json | jq -r '.differences[0].pointer')" /time
has "$(sidestep diff "$run" 2 --other 2)" "Call 2 asks what call 2 asks."
status 1 sidestep diff "$run" 3 --other 1 >/dev/null
status 64 sidestep diff "$run" 1 2>error
has "$(cat error)" "no recording before 1"
status 70 sidestep diff "$run" 1 --runs 2>error
has "$(cat error)" "there is no run '1'"
C

check "reroll has an answer not given again, and fork goes on from another one" <<'C'
. ./recorded.sh && recorded
sidestep reroll "$run" 1 2>said
has "$(cat said)" "call 1 of $run is asked anew"
has "$(sidestep recordings "$run")" "1     superseded"
status 64 sidestep reroll "$run" 3 2>error
has "$(cat error)" "is started, and is not given again"
printf '{"answer":"edited"}' >answer.json
is "$(sidestep fork "$run" --recording 2 --response answer.json --id "$run-f")" "$run-f"
is "$(sidestep recordings "$run-f" 2 --response)" '{"answer":"edited"}'
is "$(sidestep recordings "$run" 2 --response)" '{"answer":2}'
printf '\377\0' | sidestep fork "$run" --recording 2 --response - --id "$run-g"
is "$(sidestep recordings "$run-g" 2 --response | od -An -tx1)" " ff 00"
status 64 sidestep fork "$run" --response answer.json 2>/dev/null
status 64 sidestep fork "$run" --recording 2 --response none.json 2>error
has "$(cat error)" "none.json cannot be read"
C

check "an export has the recorded calls, and an import gives them back" <<'C'
. ./recorded.sh && recorded
sidestep export "$run" >run.jsonl
sidestep import --id "$run-copy" <run.jsonl >/dev/null
is "$(sidestep recordings "$run-copy" --json | jq -c '[.recordings[].state]')" '["completed","completed","started"]'
is "$(sidestep recordings "$run-copy" 2 --request)" '{"messages":["hi"],"time":"05:41"}'
C

check "budget RUN --set raises what a run may use up, and lets it go on" <<'C'
eval "$(sidestep start "$run")"
sidestep budget set "$run" calls=1 >/dev/null
. ./recorded.sh
sidestep call --lease recording.open '{"recorder":"r"}' >/dev/null
began 1 x
answered 1 y
status 70 began 2 x 2>error
has "$(cat error)" budget_exhausted
is "$(state "$run")" paused
has "$(sidestep budget "$run")" calls
sidestep budget "$run" --set calls=5 >/dev/null
is "$(state "$run")" paused
has "$(sidestep budget "$run" --set calls=5 --unpause)" "calls   5      1"
is "$(state "$run")" queued
sidestep budget "$run" --unpause --set calls=5 >/dev/null
is "$(state "$run")" queued
sidestep pause "$run" >/dev/null 2>&1
sidestep budget "$run" --unpause >/dev/null
is "$(state "$run")" paused
status 64 sidestep budget "$run" --set calls=many 2>/dev/null
has "$(sidestep budget get "$run")" calls
C
