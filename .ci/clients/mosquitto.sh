#!/usr/bin/env bash
# mosquitto_pub and mosquitto_sub: every QoS, both versions, wildcards, retained, persistent sessions, will.
set -euo pipefail
at=(-h "$TRIBUTARY_HOST" -p "$MQTT_PORT")
topic=mosq-$$
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The subscriber is set up once its first message, which is retained, has come.
mosquitto_pub "${at[@]}" -t "$topic/ready" -q 1 -r -m ready
for version in mqttv311 mqttv5; do
  for qos in 0 1 2; do
    out=$scratch/$version-$qos
    timeout 60 mosquitto_sub "${at[@]}" -V $version -q $qos -t "$topic/#" -C 21 >"$out" &
    subscriber=$!
    until [ -s "$out" ]; do sleep 0.1; done
    # At most the client's window of 20: mosquitto_pub 2.0.11 stumbles over more with MQTT 5 and QoS 2, also with its own broker.
    seq 1 20 | mosquitto_pub "${at[@]}" -V $version -q $qos -t "$topic/a/$qos" -l
    wait $subscriber
    { echo ready; seq 1 20; } | diff - "$out"
  done
done

# A persistent session gets what came while it was away.
session=(-V mqttv311 -i "session-$topic" -c -q 1 -t "$topic/away")
timeout 30 mosquitto_sub "${at[@]}" "${session[@]}" -E
seq 1 20 | mosquitto_pub "${at[@]}" -q 1 -t "$topic/away" -l
timeout 30 mosquitto_sub "${at[@]}" "${session[@]}" -C 20 | diff <(seq 1 20) -

# Properties of MQTT 5.
timeout 30 mosquitto_sub "${at[@]}" -V mqttv5 -t "$topic/ready" -t "$topic/properties" -C 2 -F '%t %C %D %R %P %p' >"$scratch/properties" &
subscriber=$!
until [ -s "$scratch/properties" ]; do sleep 0.1; done
mosquitto_pub "${at[@]}" -V mqttv5 -q 1 -t "$topic/properties" -m body -D publish content-type text/plain \
  -D publish correlation-data corr -D publish response-topic answer/here -D publish user-property site north
wait $subscriber
grep -qx "$topic/properties text/plain corr answer/here site:north body" "$scratch/properties"

# A retained message is deleted by an empty one.
mosquitto_pub "${at[@]}" -t "$topic/ready" -q 1 -r -n
if timeout 2 mosquitto_sub "${at[@]}" -t "$topic/ready" -C 1 -W 1; then
  echo "the retained message is still there"
  exit 1
fi
