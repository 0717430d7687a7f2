#!/usr/bin/env bash
# Kafka Streams, unmodified: counts words under both group protocols, at least once and exactly once, while an instance leaves.
set -euo pipefail
for protocol in classic streams; do
  for guarantee in at_least_once exactly_once_v2; do
    java -cp "$KAFKA_TOOLS_CLASSPATH" "$(dirname "$0")/kafka-streams/WordCount.java" "$TRIBUTARY_HOST:$KAFKA_PORT" "$protocol" "$guarantee"
  done
done
