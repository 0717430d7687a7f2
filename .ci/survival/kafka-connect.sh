#!/usr/bin/env bash
# Kafka Connect, distributed, with an exactly-once source: a file becomes a topic becomes a file, while first the server and then the worker
# is killed and started again. The topic has each line once and in order. So has the second file, but that lines which the sink had written
# and not yet committed may be there again after a kill: Kafka Connect's sinks promise no more.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
. "$here/server.sh"
worker=
trap 'leave $worker' EXIT
trap 'exit 1' TERM INT
user=connect
secret=a-secret-of-$$
lines=60000
rest=http://127.0.0.1:$CONNECT_PORT

start_secured() {
  start_server "--tributary.security.users.$user=$secret"
}

login="security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"$user\" password=\"$secret\";"
cat >"$scratch/worker.properties" <<PROPERTIES
bootstrap.servers=$TRIBUTARY_HOST:$KAFKA_PORT
group.id=connect
listeners=$rest
exactly.once.source.support=enabled
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
config.storage.topic=connect-configs
offset.storage.topic=connect-offsets
status.storage.topic=connect-status
config.storage.replication.factor=1
offset.storage.replication.factor=1
status.storage.replication.factor=1
offset.storage.partitions=3
status.storage.partitions=2
offset.flush.interval.ms=500
plugin.discovery=service_load
# A worker that is gone is missed soon.
session.timeout.ms=6000
heartbeat.interval.ms=1000
scheduled.rebalance.max.delay.ms=0
$login
$(sed 's/^/producer./' <<<"$login")
$(sed 's/^/consumer./' <<<"$login")
$(sed 's/^/admin./' <<<"$login")
PROPERTIES

start_worker() {
  java -Xmx384m -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$KAFKA_TOOLS_CLASSPATH" \
    org.apache.kafka.connect.cli.ConnectDistributed "$scratch/worker.properties" >>"$scratch/worker.log" 2>&1 </dev/null &
  worker=$!
}

worker_ready() {
  kill -0 "$worker" 2>/dev/null || fail "the worker ended"
  curl -fsS "$rest/connectors" >/dev/null 2>&1
}

# connector NAME JSON: makes it, or tries again while the worker joins its group
connector() {
  curl -fsS -X PUT -H 'Content-Type: application/json' --data "$2" "$rest/connectors/$1/config" >/dev/null 2>>"$scratch/rest.log"
}

written() {
  [ -f "$scratch/out.txt" ] && [ "$(wc -l <"$scratch/out.txt")" -ge "$1" ]
}

# numbered FROM TO: lines of 128 bytes. The source reads 1024 bytes at a time, and a batch of 16 lines is all of two reads: what it has read
# and not handed over, it keeps until the file grows. Transactions are of many batches, because the producer may send the end of one that is
# over at once before its records, and then fails with INVALID_TXN_STATE.
numbered() {
  seq -f "line %06.0f $(printf '%0115d' 0)" "$1" "$2"
}

ends_with() {
  [ "$(tail -n 1 "$scratch/out.txt" | cut -c6-11)" = "$(printf '%06d' "$1")" ]
}

start_secured
start_worker
await 60 "the worker's start" worker_ready
numbered 1 "$lines" >"$scratch/in.txt"
await 30 "the source" connector source "{\"connector.class\": \"org.apache.kafka.connect.file.FileStreamSourceConnector\",
  \"tasks.max\": \"1\", \"file\": \"$scratch/in.txt\", \"topic\": \"lines\", \"batch.size\": \"16\", \"exactly.once.support\": \"required\",
  \"transaction.boundary\": \"interval\", \"transaction.boundary.interval.ms\": \"100\",
  \"topic.creation.default.partitions\": \"1\", \"topic.creation.default.replication.factor\": \"1\"}"
await 30 "the sink" connector sink "{\"connector.class\": \"org.apache.kafka.connect.file.FileStreamSinkConnector\", \"tasks.max\": \"1\",
  \"file\": \"$scratch/out.txt\", \"topics\": \"lines\", \"consumer.override.isolation.level\": \"read_committed\"}"

await 60 "the first lines" written 1000
kill_server
written "$lines" && fail "all lines were written before the server was killed"
start_secured
await 90 "all lines after the server's end" ends_with "$lines"

numbered $((lines + 1)) $((2 * lines)) >>"$scratch/in.txt"
await 60 "lines of the second half" written $((lines + 1000))
kill -KILL "$worker"
wait "$worker" 2>/dev/null || true
ends_with $((2 * lines)) && fail "all lines were written before the worker was killed"
start_worker
await 90 "all lines after the worker's end" ends_with $((2 * lines))
awk '!seen[$0]++' "$scratch/out.txt" | cmp - "$scratch/in.txt" || fail "other lines in the file, or in another order"

# What the source wrote, as another client reads it, in another login.
kcat -C -b "$TRIBUTARY_HOST:$KAFKA_PORT" -t lines -o beginning -e -q -X isolation.level=read_committed -X security.protocol=sasl_plaintext \
  -X sasl.mechanisms=PLAIN -X sasl.username="$user" -X sasl.password="$secret" >"$scratch/topic"
cmp "$scratch/topic" "$scratch/in.txt" || fail "other records in the topic: $(diff "$scratch/topic" "$scratch/in.txt" | head)"
echo "$((2 * lines)) lines, each once; the sink wrote $(($(wc -l <"$scratch/out.txt") - 2 * lines)) again"
