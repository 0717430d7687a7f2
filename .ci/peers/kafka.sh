#!/usr/bin/env bash
# The Kafka clients' scripts against Kafka itself: what they ask of us is what Kafka does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap '"$here/../../bench/peers/kafka" stop "$scratch/kafka" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT

mkdir -p "$here/../../bench/target/peers"
"$here/../../bench/peers/kafka" start "$scratch/kafka" "$KAFKA_PORT"
for script in kcat.sh kafkajs.js confluent-kafka-client.py kafka-tools.sh; do
  echo "== $script"
  timeout 120 "$here/../clients/$script"
done
