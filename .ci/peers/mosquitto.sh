#!/usr/bin/env bash
# The MQTT clients' scripts against Mosquitto.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
printf 'listener %s %s\nallow_anonymous true\n' "$MQTT_PORT" "$TRIBUTARY_HOST" >"$scratch/mosquitto.conf"
PATH=$PATH:/usr/sbin mosquitto -c "$scratch/mosquitto.conf" >"$scratch/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$scratch"' EXIT

until mosquitto_pub -h "$TRIBUTARY_HOST" -p "$MQTT_PORT" -t up -n 2>/dev/null; do
  kill -0 $server || { cat "$scratch/log"; exit 1; }
  sleep 0.1
done
for script in mosquitto.sh mqttjs.js; do
  echo "== $script"
  timeout 120 "$here/../clients/$script"
done
