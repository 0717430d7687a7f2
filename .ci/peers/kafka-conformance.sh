#!/usr/bin/env bash
# Our own integration tests of Kafka's protocol against Kafka itself: checks that the expectations are Kafka's and not only ours. Prints
# for each suite how many tests passed and the differences that are explained; fails when there is one that is not.
# usage: kafka-conformance.sh [SUITE,...]     without an argument those in KAFKA_SUITES, or all
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
group.share.min.heartbeat.interval.ms=200
group.share.heartbeat.interval.ms=200
group.share.min.record.lock.duration.ms=1000
group.share.record.lock.duration.ms=2000
group.share.min.delivery.count.limit=2
group.share.delivery.count.limit=3
share.coordinator.state.topic.num.partitions=1
log.cleaner.backoff.ms=500'
export BENCH_JVM_OPTIONS=-Xmx768m

mkdir -p "$root/bench/target/peers"
"$root/bench/peers/kafka" start "$scratch/kafka" "$port"
cd "$root"
rm -rf "$reports"
status=0
mvn -B -q -Pquick -pl protocol-kafka -am verify -Dkafka.port="$port" -Dtest=None -Dit.test="${1:-${KAFKA_SUITES:-io.tributary.protocol.kafka.*IT}}" \
  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false >"$scratch/maven.log" 2>&1 || status=$?

# A report has a line for each test, and one below it for what became of a test that did not pass.
awk '
  function attribute(name,  from) {
    if (!match($0, " " name "=\"[^\"]*\"")) return ""
    from = RSTART + length(name) + 3
    return plain(substr($0, from, RLENGTH - length(name) - 4))
  }
  function plain(text) {
    gsub(/&quot;/, "\"", text); gsub(/&apos;/, "\047", text); gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&#10;/, " ", text)
    gsub(/&amp;/, "\\&", text)
    return substr(text, 1, 200)
  }
  function close_test() {
    if (test == "") return
    count[outcome]++; all[outcome]++; asked += outcome != "not asked"
    if (outcome != "passed") lines = lines "     " outcome ": " test ": " why "\n"
    test = ""
  }
  function counts(of) {
    return sprintf("%d passed, %d differs (explained), %d not asked, %d UNEXPLAINED", of["passed"], of["differs"], of["not asked"],
      of["UNEXPLAINED"])
  }
  function close_suite() {
    close_test()
    if (suite != "" && asked > 0) printf "%s: %s\n%s", suite, counts(count), lines
    if (suite != "" && asked == 0) printf "%s: not asked: %s\n", suite, why
    split("", count); lines = ""; asked = 0
  }
  FNR == 1 { close_suite(); suite = FILENAME; gsub(/.*\.kafka\.|\.xml$/, "", suite) }
  /<testcase / { close_test(); test = attribute("name"); outcome = "passed" }
  /<(failure|error)[ >]/ { outcome = "UNEXPLAINED"; why = attribute("message") }
  /<skipped/ {
    why = attribute("message")
    if (why == "") { why = $0; sub(/.*CDATA\[/, "", why); why = plain(why) }
    outcome = "not asked"
    if (sub(/.*differs: /, "Kafka: ", why)) outcome = "differs"
    else if (!sub(/.*own broker: /, "needs ", why)) outcome = "UNEXPLAINED"
  }
  END { close_suite(); print counts(all); exit all["passed"] == 0 || all["UNEXPLAINED"] > 0 }
' "$reports"/TEST-*.xml || status=1
[ "$status" -eq 0 ] || tail -n 60 "$scratch/maven.log" | cut -c1-300
exit "$status"
