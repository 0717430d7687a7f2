# Functions for scripts that kill a server and start it again. To be sourced.
# Reads TRIBUTARY (the launcher) and the ports' variables; keeps data and log in $scratch, which the script makes.

: "${TRIBUTARY:?bin/tributary of a built clone}"
server=

# start_server [--SETTING=VALUE...]: with the data that it had before; returns when it is ready
start_server() {
  "$TRIBUTARY" start --tributary.data-dir="$scratch/data" --tributary.bind-address="$TRIBUTARY_HOST" --tributary.kafka.port="$KAFKA_PORT" \
    --tributary.amqp.enabled=false --tributary.mqtt.enabled=false --server.port="$HTTP_PORT" "$@" >>"$scratch/server.log" 2>&1 </dev/null &
  server=$!
  await 120 "the server's start" server_ready
}

server_ready() {
  kill -0 "$server" 2>/dev/null || fail "the server ended"
  curl -fsS "http://$TRIBUTARY_HOST:$HTTP_PORT/actuator/health/readiness" 2>/dev/null | grep -q UP
}

kill_server() {
  kill -KILL "$server"
  wait "$server" 2>/dev/null || true
  server=
}

# await SECONDS WHAT COMMAND...: until the command ends with 0
await() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || fail "waited in vain for $what"
    sleep 0.2
  done
}

fail() {
  echo "$*"
  exit 1
}

# leave PID...: for the EXIT trap; ends the server and the processes named
leave() {
  local status=$? pid
  for pid in $server "$@"; do
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if [ "$status" -ne 0 ]; then
    for log in "$scratch"/*.log; do
      echo "== $(basename "$log")"
      tail -n 40 "$log" | cut -c1-400
    done
  fi
  rm -rf "$scratch"
}
