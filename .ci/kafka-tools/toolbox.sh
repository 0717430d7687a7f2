# Functions for scripts that run Kafka's command line tools, all in one JVM. To be sourced; needs $scratch, a directory.
# An input is given in the variable $input (a file); what a tool has printed is in $scratch/printed.

: "${KAFKA_TOOLS_CLASSPATH:?}"
input=/dev/null

open_toolbox() {
  mkfifo "$scratch/runs" "$scratch/answers"
  java -Xmx256m -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "$KAFKA_TOOLS_CLASSPATH" \
    "$(dirname "${BASH_SOURCE[0]}")/Toolbox.java" <"$scratch/runs" >"$scratch/answers" 2>"$scratch/toolbox.log" &
  toolbox=$!
  exec 3>"$scratch/runs" 4<"$scratch/answers"
}

close_toolbox() {
  exec 3>&- 4<&-
  kill -KILL "$toolbox" 2>/dev/null || true
  wait "$toolbox" 2>/dev/null || true
}

# tool CLASS ARGUMENT...: runs org.apache.kafka.tools.CLASS, or CLASS if that is a whole name; the exit status is the tool's
tool() {
  local main=$1 status
  shift
  case $main in kafka.*) ;; *) main=org.apache.kafka.tools.$main ;; esac
  { printf '%s\t%s\t%s' "$input" "$scratch/printed" "$main"; if [ $# -gt 0 ]; then printf '\t%s' "$@"; fi; echo; } >&3
  if ! read -r -t 60 status <&4; then
    echo "$main $* does not come to an end"
    cat "$scratch/toolbox.log"
    exit 1
  fi
  return "$status"
}

# complain ABOUT TOOL ARGUMENT...: with what the tool has printed, and ends the script
complain() {
  echo "$1: ${*:2}"
  sed 's/^/  | /' "$scratch/printed"
  exit 1
}

# prints PATTERN TOOL ARGUMENT...: the tool ends with 0 and a line that it prints matches PATTERN, an extended regular expression
prints() {
  tool "${@:2}" || complain "ended with $?" "${@:2}"
  grep -qE -- "$1" "$scratch/printed" || complain "no line matches '$1'" "${@:2}"
}

# lacks PATTERN TOOL ARGUMENT...: the tool ends with 0 and no line that it prints matches
lacks() {
  tool "${@:2}" || complain "ended with $?" "${@:2}"
  if grep -qE -- "$1" "$scratch/printed"; then complain "a line matches '$1'" "${@:2}"; fi
}

# says PATTERN TOOL ARGUMENT...: what the tool prints matches, whatever its exit status; for what is refused
says() {
  tool "${@:2}" || true
  grep -qE -- "$1" "$scratch/printed" || complain "no line matches '$1'" "${@:2}"
}
