#!/usr/bin/env bash
# Our own integration tests of Kafka's protocol against Kafka itself: checks that the expectations are Kafka's and not only ours. Prints
# for each suite how many tests passed and the differences that are explained; fails when there is one that is not.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
port=${KAFKA_PORT:-19092}
reports=$root/protocol-kafka/target/failsafe-reports
trap '"$root/bench/peers/kafka" stop "$scratch/kafka" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT

# Smaller and sooner, as the tests configure a broker of ours.
export KAFKA_PROPERTIES='offsets.topic.num.partitions=5
transaction.state.log.num.partitions=5
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
group.consumer.min.heartbeat.interval.ms=1000
group.consumer.heartbeat.interval.ms=1000
log.cleaner.backoff.ms=500'
export BENCH_JVM_OPTIONS=-Xmx768m

mkdir -p "$root/bench/target/peers"
"$root/bench/peers/kafka" start "$scratch/kafka" "$port"
cd "$root"
rm -rf "$reports"
status=0
mvn -B -q -Pquick -pl protocol-kafka -am verify -Dkafka.port="$port" -Dtest=None -Dit.test="${1:-io.tributary.protocol.kafka.*IT}" \
  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false >"$scratch/maven.log" 2>&1 || status=$?

# Surefire's reports: a line each for a test, and for what became of it.
awk '
  function attribute(name,  from) {
    if (!match($0, " " name "=\"[^\"]*\"")) return ""
    from = RSTART + length(name) + 3
    return plain(substr($0, from, RLENGTH - length(name) - 4))
  }
  function plain(text) {
    gsub(/&quot;/, "\"", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&#10;/, " ", text); gsub(/&amp;/, "\\&", text)
    return text
  }
  function close_test() {
    if (test == "") return
    count[outcome]++; all[outcome]++
    if (outcome != "passed") lines = lines "     " outcome " " test ": " why "\n"
    test = ""
  }
  function close_suite() {
    close_test()
    if (suite != "") printf "%s: %d passed, %d differs (explained), %d not asked, %d UNEXPLAINED\n%s", suite, count["passed"], \
      count["differs"], count["not asked"], count["UNEXPLAINED"], lines
    split("", count); lines = ""
  }
  FNR == 1 { close_suite(); suite = FILENAME; sub(/.*\./, "", suite); suite = FILENAME; gsub(/.*kafka\.|\.xml$/, "", suite) }
  /<testcase / { close_test(); test = attribute("name"); outcome = "passed" }
  /<(failure|error)[ >]/ { outcome = "UNEXPLAINED"; why = attribute("message") }
  /<skipped/ {
    why = attribute("message"); outcome = "not asked"
    if (sub(/.*differs: /, "", why)) outcome = "differs"
    sub(/.*own broker: /, "needs ", why)
  }
  END {
    close_suite()
    printf "%d passed, %d differs (explained), %d not asked, %d UNEXPLAINED\n", all["passed"], all["differs"], all["not asked"], \
      all["UNEXPLAINED"]
  }' "$reports"/TEST-*.xml
[ "$status" -eq 0 ] || tail -n 60 "$scratch/maven.log"
exit "$status"
