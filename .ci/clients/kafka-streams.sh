#!/usr/bin/env bash
# Kafka Streams, unmodified: counts words exactly once, under both group protocols, while an instance leaves.
set -euo pipefail
for protocol in classic streams; do
  java -cp "$KAFKA_TOOLS_CLASSPATH" "$(dirname "$0")/../kafka-streams/WordCount.java" "$TRIBUTARY_HOST:$KAFKA_PORT" "$protocol" exactly_once_v2
done
