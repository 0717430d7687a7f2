#!/usr/bin/env bash
# Kafka's Java clients of other times: one application, compiled with the oldest client that Kafka 4 serves, with each of them.
set -euo pipefail
: "${KAFKA_OLD_CLIENTS:?the directory of their jars}"
sources=$(cd "$(dirname "$0")/../kafka-clients" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
oldest=$(ls "$KAFKA_OLD_CLIENTS"/kafka-clients-*.jar | sort -V | head -n 1)
javac -XDsuppressNotes -proc:none -cp "$oldest" -d "$scratch" "$sources/OldClient.java"

for jar in $(ls "$KAFKA_OLD_CLIENTS"/kafka-clients-*.jar | sort -V); do
  version=$(basename "$jar" .jar)
  version=${version#kafka-clients-}
  echo "kafka-clients $version"
  timeout 90 java -Xmx128m -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -cp "$scratch:$jar:$(printf '%s:' "$KAFKA_OLD_CLIENTS"/slf4j-*.jar)" OldClient "$TRIBUTARY_HOST:$KAFKA_PORT" "old-$version-$$"
done
