#!/usr/bin/env bash
# Kafka Streams, unmodified: counts words exactly once, under both group protocols, while an instance leaves. Then kafka-streams-groups.sh
# shows the group of the new protocol, and kafka-streams-application-reset.sh brings the application back to its beginning.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
. "$here/../kafka-tools/toolbox.sh"
trap 'close_toolbox; rm -rf "$scratch"' EXIT
open_toolbox
javac -cp "$KAFKA_TOOLS_CLASSPATH" -proc:none -d "$scratch" "$here/../kafka-streams/WordCount.java"
for protocol in classic streams; do
  java -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$scratch:$KAFKA_TOOLS_CLASSPATH" \
    WordCount "$TRIBUTARY_HOST:$KAFKA_PORT" "$protocol" exactly_once_v2
done

at=(--bootstrap-server "$TRIBUTARY_HOST:$KAFKA_PORT")
group=words-streams-exactly-once-v2
prints "^$group\$" streams.StreamsGroupCommand "${at[@]}" --list
prints "^$group .*Empty" streams.StreamsGroupCommand "${at[@]}" --describe --group "$group" --state
prints "^$group +$group-in 0 +0 *\$" streams.StreamsGroupCommand "${at[@]}" --reset-offsets --group "$group" --input-topic "$group-in" \
  --to-earliest --execute
prints . streams.StreamsGroupCommand "${at[@]}" --delete --group "$group"
prints '^Done' StreamsResetter "${at[@]}" --application-id words-classic-exactly-once-v2 --input-topics words-classic-exactly-once-v2-in
