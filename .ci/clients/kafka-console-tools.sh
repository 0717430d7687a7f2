#!/usr/bin/env bash
# Kafka's own command line tools, from their jars.
set -euo pipefail
: "${KAFKA_TOOLS_CLASSPATH:?}"
bootstrap=$TRIBUTARY_HOST:$KAFKA_PORT
topic=console-$$
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

tool() {
  local main=$1
  shift
  java -Xmx128m -XX:TieredStopAtLevel=1 -cp "$KAFKA_TOOLS_CLASSPATH" "org.apache.kafka.tools.$main" "$@"
}

tool TopicCommand --bootstrap-server "$bootstrap" --create --topic "$topic" --partitions 3
tool TopicCommand --bootstrap-server "$bootstrap" --list | grep -x "$topic"
tool TopicCommand --bootstrap-server "$bootstrap" --describe --topic "$topic" | tee "$scratch/describe"
grep -q 'PartitionCount: 3' "$scratch/describe"

seq 1 500 | sed 's/.*/key&:value&/' |
  tool ConsoleProducer --bootstrap-server "$bootstrap" --topic "$topic" --reader-property parse.key=true --reader-property key.separator=:
tool GetOffsetShell --bootstrap-server "$bootstrap" --topic "$topic" | tee "$scratch/offsets"
[ "$(awk -F: '{ sum += $3 } END { print sum }' "$scratch/offsets")" -eq 500 ]

tool consumer.ConsoleConsumer --bootstrap-server "$bootstrap" --topic "$topic" --from-beginning --group "$topic-group" \
  --max-messages 500 --timeout-ms 30000 --formatter-property print.key=true --formatter-property key.separator=: >"$scratch/read"
sort "$scratch/read" >"$scratch/sorted"
seq 1 500 | sed 's/.*/key&:value&/' | sort | diff - "$scratch/sorted"

tool consumer.group.ConsumerGroupCommand --bootstrap-server "$bootstrap" --list | grep -x "$topic-group"
tool consumer.group.ConsumerGroupCommand --bootstrap-server "$bootstrap" --describe --group "$topic-group" | tee "$scratch/group"
[ "$(grep -c "$topic-group *$topic" "$scratch/group")" -eq 3 ]
[ "$(awk -v t="$topic" '$2 == t { lag += $6 } END { print lag }' "$scratch/group")" -eq 0 ]

tool TopicCommand --bootstrap-server "$bootstrap" --delete --topic "$topic"
if tool TopicCommand --bootstrap-server "$bootstrap" --list | grep -x "$topic"; then
  echo "the topic is still listed"
  exit 1
fi
