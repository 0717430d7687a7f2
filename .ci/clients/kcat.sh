#!/usr/bin/env bash
# kcat (librdkafka): metadata, keys, headers, every compression, groups, time queries.
set -euo pipefail
broker=$TRIBUTARY_HOST:$KAFKA_PORT
topic=kcat-$$
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

seq 1 1000 | sed 's/.*/k&:v&/' | kcat -P -b "$broker" -t "$topic" -K: -p 0 -H site=north -H device=d7
kcat -C -b "$broker" -t "$topic" -o beginning -e -q -f '%k:%s\n' >"$scratch/all"
seq 1 1000 | sed 's/.*/k&:v&/' | diff - "$scratch/all"
kcat -C -b "$broker" -t "$topic" -o beginning -c 1 -q -f '%h\n' | grep -qx 'site=north,device=d7'
kcat -L -b "$broker" -t "$topic" | grep -q "topic \"$topic\" with 1 partitions"

for codec in gzip snappy lz4 zstd; do
  seq 1 200 | kcat -P -b "$broker" -t "$topic-$codec" -z "$codec" -X acks=all
  kcat -C -b "$broker" -t "$topic-$codec" -o beginning -e -q >"$scratch/$codec"
  seq 1 200 | diff - "$scratch/$codec"
done
for acks in 0 1 all; do
  echo "acks $acks" | kcat -P -b "$broker" -t "$topic-acks" -X acks="$acks" -X enable.idempotence=false
done
kcat -C -b "$broker" -t "$topic-acks" -o beginning -c 3 -q | sort | diff <(printf 'acks 0\nacks 1\nacks all\n') -
seq 1 50 | kcat -P -b "$broker" -t "$topic-idempotent" -X enable.idempotence=true
kcat -C -b "$broker" -t "$topic-idempotent" -o beginning -c 50 -q | diff <(seq 1 50) -

# A group goes on where it stopped.
timeout 60 kcat -b "$broker" -G "$topic-group" -X auto.offset.reset=earliest -c 400 -q "$topic" >"$scratch/first"
timeout 60 kcat -b "$broker" -G "$topic-group" -X auto.offset.reset=earliest -c 600 -q "$topic" >"$scratch/second"
cat "$scratch/first" "$scratch/second" | diff <(seq 1 1000 | sed 's/^/v/') -

# Negative offsets count from the end; -Q asks by timestamp (milliseconds).
kcat -C -b "$broker" -t "$topic" -p 0 -o -3 -e -q | diff <(printf 'v998\nv999\nv1000\n') -
kcat -Q -b "$broker" -t "$topic:0:1" | grep -q "$topic \[0\] offset 0"
