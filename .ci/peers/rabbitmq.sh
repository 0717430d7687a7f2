#!/usr/bin/env bash
# The AMQP clients' scripts against RabbitMQ.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
export HOME=$scratch RABBITMQ_NODENAME=peer$$@localhost RABBITMQ_NODE_PORT=$AMQP_PORT RABBITMQ_NODE_IP_ADDRESS=$TRIBUTARY_HOST
export RABBITMQ_DIST_PORT=$((AMQP_PORT + 20000)) ERL_EPMD_PORT=$((AMQP_PORT + 20001))
export RABBITMQ_MNESIA_BASE=$scratch RABBITMQ_LOG_BASE=$scratch RABBITMQ_ENABLED_PLUGINS_FILE=$scratch/plugins
echo '[].' >"$scratch/plugins"
setsid /usr/lib/rabbitmq/bin/rabbitmq-server >"$scratch/log" 2>&1 &
server=$!
stop() {
  kill -- -$server 2>/dev/null || true
  wait $server 2>/dev/null || true
  # epmd outlives the node, and refuses to end until it has seen the node go.
  for _ in $(seq 1 50); do
    epmd -port "$ERL_EPMD_PORT" -kill 2>/dev/null | grep -qi 'not allowed' || break
    sleep 0.2
  done
  rm -rf "$scratch" 2>/dev/null || true
}
trap stop EXIT

until amqp-declare-queue --server="$TRIBUTARY_HOST" --port="$AMQP_PORT" -q up >/dev/null 2>&1; do
  kill -0 $server || { cat "$scratch/log"; exit 1; }
  sleep 0.2
done
for script in amqp-tools.sh pika-client.py amqplib.js; do
  echo "== $script"
  timeout 120 "$here/../clients/$script"
done
