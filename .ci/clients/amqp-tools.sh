#!/usr/bin/env bash
# amqp-tools (rabbitmq-c): declare, publish, get, consume, delete.
set -euo pipefail
server=(--server="$TRIBUTARY_HOST" --port="$AMQP_PORT")
queue=tools-$$
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

amqp-declare-queue "${server[@]}" -q "$queue" -d | grep -qx "$queue"
for i in $(seq 1 20); do
  amqp-publish "${server[@]}" -r "$queue" -p -C text/plain -b "message $i"
done
[ "$(amqp-get "${server[@]}" -q "$queue")" = "message 1" ]
timeout 60 amqp-consume "${server[@]}" -q "$queue" -c 19 -- sh -c 'cat; echo' >"$scratch/consumed"
seq 2 20 | sed 's/^/message /' | diff - "$scratch/consumed"
if amqp-get "${server[@]}" -q "$queue" >"$scratch/empty"; then
  echo "the queue is not empty: $(cat "$scratch/empty")"
  exit 1
fi
timeout 60 amqp-consume "${server[@]}" -e amq.topic -r "$queue.#" -c 1 -- cat >"$scratch/bound" &
consumer=$!
# Publishing is repeated, since the tool does not tell when it has bound its queue.
until [ -s "$scratch/bound" ]; do
  amqp-publish "${server[@]}" -e amq.topic -r "$queue.a.b" -p -b routed
  sleep 0.2
done
wait $consumer
grep -q routed "$scratch/bound"
amqp-delete-queue "${server[@]}" -q "$queue"
if amqp-get "${server[@]}" -q "$queue" 2>"$scratch/error"; then
  echo "the queue is still there"
  exit 1
fi
grep -q 404 "$scratch/error"
