#!/usr/bin/env bash
# Kafka Streams counts words exactly once, under both group protocols, while the server is killed and started again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
. "$here/server.sh"
programs=()
trap 'leave "${programs[@]}"' EXIT
trap 'exit 1' TERM INT

counting() {
  [ "$(cat "$scratch"/words-*.log | grep -c '^counting$')" -eq 2 ]
}

mkdir "$scratch/classes"
javac -cp "$KAFKA_TOOLS_CLASSPATH" -proc:none -d "$scratch/classes" "$here/../kafka-streams/WordCount.java"
start_server
for protocol in classic streams; do
  java -Xmx256m -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$scratch/classes:$KAFKA_TOOLS_CLASSPATH" WordCount "$TRIBUTARY_HOST:$KAFKA_PORT" "$protocol" exactly_once_v2 2400 \
    >"$scratch/words-$protocol.log" 2>&1 &
  programs+=($!)
done
await 60 "a third of the counts" counting
kill_server
start_server
for program in "${programs[@]}"; do
  wait "$program" || fail "a count ended with $?"
done
grep -h 'all counts came' "$scratch"/words-*.log
