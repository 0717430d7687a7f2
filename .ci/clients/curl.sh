#!/usr/bin/env bash
# curl: publish, browse, subscribe, pull, acknowledge, events, errors, health, OpenAPI.
set -euo pipefail
base=http://$TRIBUTARY_HOST:$HTTP_PORT
topic=curl-$$
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# expect STATUS CURL-ARGUMENTS...: prints the body of an answer that must have this status.
expect() {
  local status=$1 got body
  shift
  body=$(mktemp -p "$scratch")
  got=$(curl -sS -o "$body" -w '%{http_code}' "$@")
  cat "$body"
  if [ "$got" != "$status" ]; then
    echo "status $got instead of $status: $*" >&2
    return 1
  fi
}
field() { node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>console.log(eval("("+t+")"+process.argv[1])))' "$1"; }

expect 200 "$base/actuator/health/readiness" | grep -q UP
expect 200 -H 'Content-Type: text/plain' -H 'Header-Site: north' -d one "$base/v1/topics/$topic/messages?key=a%2Fb" >"$scratch/published"
[ "$(field '.results[0].offset' <"$scratch/published")" = 0 ]
expect 200 -H 'Content-Type: application/vnd.tributary.records+json' \
  -d '{"records":[{"key":"k","value":"two","headers":{"site":"south"}},{"valueBase64":"AP8="}]}' "$base/v1/topics/$topic/messages" >/dev/null
expect 200 "$base/v1/topics/$topic/messages?offset=0&limit=10" >"$scratch/page"
[ "$(field '.records.map(r=>r.value||r.valueBase64).join()' <"$scratch/page")" = one,two,AP8= ]
[ "$(field '.records[0].headers.site' <"$scratch/page")" = north ]
[ "$(field '.records[0].key' <"$scratch/page")" = a/b ]
[ "$(field '.next["0"]' <"$scratch/page")" = 3 ]

expect 200 "$base/v1/topics/$topic/messages?from=latest&wait=30s" >"$scratch/waited" &
waiting=$!
sleep 0.5
expect 200 -d late "$base/v1/topics/$topic/messages" >/dev/null
wait $waiting
[ "$(field '.records[0].value' <"$scratch/waited")" = late ]

json=(-H 'Content-Type: application/json')
curl -fsS "${json[@]}" -X PUT -d "{\"topic\":\"$topic\",\"start\":\"earliest\",\"durable\":true}" "$base/v1/subscriptions/$topic" >/dev/null
expect 200 "${json[@]}" -d '{"max":2,"wait":"10s"}' "$base/v1/subscriptions/$topic/pull" >"$scratch/pulled"
[ "$(field '.messages.map(m=>m.value).join()' <"$scratch/pulled")" = one,two ]
first=$(field '.messages[0].ackId' <"$scratch/pulled")
second=$(field '.messages[1].ackId' <"$scratch/pulled")
curl -fsS "${json[@]}" -d "{\"ackIds\":[\"$first\"]}" "$base/v1/subscriptions/$topic/ack" >/dev/null
curl -fsS "${json[@]}" -d "{\"ackIds\":[\"$second\"]}" "$base/v1/subscriptions/$topic/nack" >/dev/null
expect 200 "${json[@]}" -d '{"max":1,"wait":"10s"}' "$base/v1/subscriptions/$topic/pull" >"$scratch/again"
[ "$(field '.messages[0].value' <"$scratch/again")" = two ]
[ "$(field '.messages[0].redelivered' <"$scratch/again")" = true ]
curl -fsS -X DELETE "$base/v1/subscriptions/$topic" >/dev/null

timeout 10 curl -sN "$base/v1/topics/$topic/events?from=earliest" >"$scratch/events" || true &
until [ "$(grep -c '^data:' "$scratch/events" 2>/dev/null)" -ge 4 ]; do sleep 0.1; done
grep -q '"value":"one"' "$scratch/events"

expect 404 "$base/v1/subscriptions/no-such-$topic" >"$scratch/problem"
[ -n "$(field .code <"$scratch/problem")" ]
curl -sSI -X GET "$base/v1/subscriptions/no-such-$topic" | grep -qi 'content-type: application/problem+json'
expect 400 "$base/v1/topics/$topic/messages?offset=minus" >/dev/null
expect 400 -H 'Content-Type: application/vnd.tributary.records+json' -d '{"records":' "$base/v1/topics/$topic/messages" >/dev/null
expect 200 "$base/v3/api-docs" | grep -q '/v1/topics/{topic}/messages'
expect 200 "$base/actuator/prometheus" | grep -q '^jvm_memory_used_bytes'
