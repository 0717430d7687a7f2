# Shared by the starters of this directory, which all understand
#   start DIR PORT   start a server on 127.0.0.1:PORT with all its files below DIR; returns when it accepts; its process id is in DIR/pid
#   stop DIR         end it, and wait until it has ended
# A starter installs nothing; what is missing it says in one line.

peers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bench=$(dirname "$peers")
root=$(dirname "$bench")
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
# The same for every server that runs on a JVM: Kafka's own defaults (bin/kafka-server-start.sh, bin/kafka-run-class.sh).
jvm_options="${BENCH_JVM_OPTIONS:--Xms1g -Xmx1g -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent}"
start_timeout_s=${BENCH_START_TIMEOUT_S:-180}

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

need() {
  command -v "$1" >/dev/null || fail "$1 is not installed"
}

# spawn DIR COMMAND...: in the background, output to DIR/log, its process id to DIR/pid
spawn() {
  local dir=$1
  shift
  "$@" >"$dir/log" 2>&1 </dev/null &
  echo $! >"$dir/pid"
}

# A process that has ended stays in the table until its parent asks for it, which may be never.
runs() {
  [ -r "/proc/$1/stat" ] && ! grep -q ') Z ' "/proc/$1/stat" 2>/dev/null
}

# await_ready DIR COMMAND...: until the command succeeds; fails when the server ends before, or takes too long
await_ready() {
  local dir=$1 pid deadline=$((SECONDS + start_timeout_s))
  shift
  pid=$(cat "$dir/pid")
  until "$@" >/dev/null 2>&1; do
    if ! runs "$pid"; then
      tail -n 5 "$dir/log" >&2
      fail "the server ended while it started; its log is $dir/log"
    fi
    if ((SECONDS > deadline)); then
      kill -9 "$pid"
      fail "the server is not ready after $start_timeout_s s; its log is $dir/log"
    fi
    sleep 0.2
  done
}

accepts() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

stop_process() {
  local dir=$1 pid deadline=$((SECONDS + 20))
  [ -f "$dir/pid" ] || return 0
  pid=$(cat "$dir/pid")
  kill -CONT "$pid" 2>/dev/null || true
  kill "$pid" 2>/dev/null || true
  while runs "$pid"; do
    ((SECONDS < deadline)) || kill -9 "$pid" 2>/dev/null || true
    sleep 0.1
  done
  rm -f "$dir/pid"
}

# main "$@": calls start_server DIR PORT, which the starter defines, or stops
main() {
  case "${1:-} $#" in
    "start 3")
      mkdir -p "$2"
      [ ! -f "$2/pid" ] || fail "$2/pid exists: stop that server first"
      start_server "$(cd "$2" && pwd)" "$3"
      ;;
    "stop 2") stop_process "$2" ;;
    *) fail "use: $(basename "$0") start DIR PORT | stop DIR" ;;
  esac
}
