#!/usr/bin/env bash
# The conformance tests against Mosquitto: checks that the expectations are those of the specification and not only ours.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
port=${MQTT_PORT:-18831}
printf 'listener %s 127.0.0.1\nallow_anonymous true\n' "$port" >"$scratch/mosquitto.conf"
PATH=$PATH:/usr/sbin mosquitto -c "$scratch/mosquitto.conf" >"$scratch/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$scratch"' EXIT

until mosquitto_pub -h 127.0.0.1 -p "$port" -t up -n 2>/dev/null; do
  kill -0 $server || { cat "$scratch/log"; exit 1; }
  sleep 0.1
done
cd "$root"
mvn -B -q -Pquick -pl protocol-mqtt -am verify -Dmqtt.host=127.0.0.1 -Dmqtt.port="$port" -Dtest=None -Dit.test=MqttConformanceIT -DexcludedGroups=mosquitto-differs \
  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
