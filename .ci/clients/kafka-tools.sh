#!/usr/bin/env bash
# Kafka's own command line tools, from their jars: each at least once, with what it prints.
set -euo pipefail
server=$TRIBUTARY_HOST:$KAFKA_PORT
topic=tools-$$
scratch=$(mktemp -d)
. "$(dirname "$0")/../kafka-tools/toolbox.sh"
trap 'close_toolbox; rm -rf "$scratch"' EXIT
open_toolbox
at=(--bootstrap-server "$server")

echo "# kafka-cluster, kafka-features, kafka-broker-api-versions"
prints 'Cluster ID: .+' ClusterTool cluster-id "${at[@]}"
prints "$TRIBUTARY_HOST +$KAFKA_PORT" ClusterTool list-endpoints "${at[@]}"
node=$(awk -v p="$KAFKA_PORT" '$3 == p { print $1 }' "$scratch/printed")
prints 'Feature: transaction.version.*FinalizedVersionLevel: 2' FeatureCommand "${at[@]}" describe
prints 'Fetch\(1\): 4 to 18 \[usable: 18\]' BrokerApiVersionsCommand "${at[@]}"

echo "# kafka-topics"
prints "^Created topic $topic" TopicCommand "${at[@]}" --create --topic "$topic" --partitions 3 --config retention.ms=3600000
prints "^$topic\$" TopicCommand "${at[@]}" --list
prints 'PartitionCount: 3.*Configs:.*retention.ms=3600000' TopicCommand "${at[@]}" --describe --topic "$topic"
lacks . TopicCommand "${at[@]}" --alter --topic "$topic" --partitions 4
prints 'Partition: 3.Leader: [0-9]+' TopicCommand "${at[@]}" --describe --topic "$topic"
says 'already exists' TopicCommand "${at[@]}" --create --topic "$topic"

echo "# kafka-console-producer, kafka-console-consumer, kafka-get-offsets"
seq 1 500 | sed 's/.*/key&:value&/' >"$scratch/records"
input=$scratch/records
tool ConsoleProducer "${at[@]}" --topic "$topic" --reader-property parse.key=true --reader-property key.separator=: ||
  complain "ended with $?" ConsoleProducer
input=/dev/null
prints "^$topic:3:[0-9]+\$" GetOffsetShell "${at[@]}" --topic "$topic"
[ "$(awk -F: '{ sum += $3 } END { print sum }' "$scratch/printed")" -eq 500 ] || complain "not 500 records" GetOffsetShell
prints "^$topic:0:0\$" GetOffsetShell "${at[@]}" --topic "$topic" --time earliest
prints '^Processed a total of 500 messages' consumer.ConsoleConsumer "${at[@]}" --topic "$topic" --from-beginning --group "$topic-group" \
  --max-messages 500 --timeout-ms 30000 --formatter-property print.key=true --formatter-property key.separator=:
grep '^key' "$scratch/printed" | sort | diff - <(sort "$scratch/records") || complain "other records" ConsoleConsumer

echo "# kafka-consumer-groups, kafka-groups"
prints "^$topic-group\$" consumer.group.ConsumerGroupCommand "${at[@]}" --list
prints "^$topic-group +Classic +consumer" GroupsCommand "${at[@]}" --list
prints "^$topic-group +$topic +3 " consumer.group.ConsumerGroupCommand "${at[@]}" --describe --group "$topic-group"
[ "$(awk -v t="$topic" '$2 == t { lag += $6 } END { print lag }' "$scratch/printed")" -eq 0 ] || complain "a lag" ConsumerGroupCommand
prints "^$topic-group .*Empty" consumer.group.ConsumerGroupCommand "${at[@]}" --describe --group "$topic-group" --state
prints "has no active members" consumer.group.ConsumerGroupCommand "${at[@]}" --describe --group "$topic-group" --members --verbose
prints "^$topic-group +$topic +0 +0 *\$" consumer.group.ConsumerGroupCommand "${at[@]}" --group "$topic-group" --topic "$topic" \
  --reset-offsets --to-earliest --execute
prints "^$topic-group +$topic +2 +5 *\$" consumer.group.ConsumerGroupCommand "${at[@]}" --group "$topic-group" --topic "$topic:2" \
  --reset-offsets --to-offset 5 --execute
prints "^$topic +3 +Successful" consumer.group.ConsumerGroupCommand "${at[@]}" --group "$topic-group" --topic "$topic" --delete-offsets
prints 'Deletion of requested consumer groups .* was successful' consumer.group.ConsumerGroupCommand "${at[@]}" --delete \
  --group "$topic-group"

echo "# kafka-configs"
prints "Completed updating config for topic $topic" kafka.admin.ConfigCommand "${at[@]}" --alter --topic "$topic" \
  --add-config max.message.bytes=2000000 --delete-config retention.ms
prints 'max.message.bytes=2000000' kafka.admin.ConfigCommand "${at[@]}" --describe --topic "$topic"
lacks 'retention.ms=3600000' kafka.admin.ConfigCommand "${at[@]}" --describe --topic "$topic"
prints 'retention.ms=.*DEFAULT_CONFIG' kafka.admin.ConfigCommand "${at[@]}" --describe --topic "$topic" --all
prints 'num.partitions=1 ' kafka.admin.ConfigCommand "${at[@]}" --describe --broker "$node" --all
prints 'Completed updating config for group' kafka.admin.ConfigCommand "${at[@]}" --alter --group "$topic-shared" \
  --add-config share.auto.offset.reset=earliest
prints 'share.auto.offset.reset=earliest' kafka.admin.ConfigCommand "${at[@]}" --describe --group "$topic-shared"
prints "Completed updating config for client $topic" kafka.admin.ConfigCommand "${at[@]}" --alter --entity-type clients \
  --entity-name "$topic" --add-config producer_byte_rate=1000000
prints 'producer_byte_rate=1000000' kafka.admin.ConfigCommand "${at[@]}" --describe --entity-type clients --entity-name "$topic"
prints "Completed updating config for client $topic" kafka.admin.ConfigCommand "${at[@]}" --alter --entity-type clients \
  --entity-name "$topic" --delete-config producer_byte_rate
prints "Completed updating config for user $topic" kafka.admin.ConfigCommand "${at[@]}" --alter --entity-type users \
  --entity-name "$topic" --add-config 'SCRAM-SHA-512=[iterations=4096,password=secret]'
prints 'SCRAM-SHA-512=iterations=4096' kafka.admin.ConfigCommand "${at[@]}" --describe --entity-type users --entity-name "$topic"
prints "Completed updating config for user $topic" kafka.admin.ConfigCommand "${at[@]}" --alter --entity-type users \
  --entity-name "$topic" --delete-config SCRAM-SHA-512

echo "# kafka-console-share-consumer, kafka-share-consumer-perf-test, kafka-share-groups"
prints '^Processed a total of 100 messages' consumer.ConsoleShareConsumer "${at[@]}" --topic "$topic" --group "$topic-shared" \
  --max-messages 100 --timeout-ms 30000
prints "^$topic-shared\$" consumer.group.ShareGroupCommand "${at[@]}" --list
prints "^$topic-shared +$topic +3 " consumer.group.ShareGroupCommand "${at[@]}" --describe --group "$topic-shared"
prints "^$topic-shared .*Empty" consumer.group.ShareGroupCommand "${at[@]}" --describe --group "$topic-shared" --state
prints "^$topic-shared +$topic" consumer.group.ShareGroupCommand "${at[@]}" --group "$topic-shared" --topic "$topic" \
  --reset-offsets --to-earliest --execute
prints ', 500, [0-9]+$' ShareConsumerPerformance "${at[@]}" --topic "$topic" --group "$topic-shared" --num-records 500
prints 'was successful' consumer.group.ShareGroupCommand "${at[@]}" --delete --group "$topic-shared"

echo "# kafka-delete-records, kafka-log-dirs, kafka-leader-election, kafka-reassign-partitions"
echo "{\"partitions\":[{\"topic\":\"$topic\",\"partition\":0,\"offset\":3}],\"version\":1}" >"$scratch/delete.json"
prints "partition: $topic-0.low_watermark: 3" DeleteRecordsCommand "${at[@]}" --offset-json-file "$scratch/delete.json"
prints "\"partition\":\"$topic-0\"" LogDirsCommand "${at[@]}" --describe --topic-list "$topic"
prints 'Valid replica already elected' LeaderElectionCommand "${at[@]}" --election-type preferred --topic "$topic" --partition 0
echo "{\"topics\":[{\"topic\":\"$topic\"}],\"version\":1}" >"$scratch/topics.json"
prints 'Proposed partition reassignment configuration' reassign.ReassignPartitionsCommand "${at[@]}" --generate \
  --topics-to-move-json-file "$scratch/topics.json" --broker-list "$node"
sed -n '/^Proposed/,$p' "$scratch/printed" | sed -n 2p >"$scratch/move.json"
prints 'Successfully started partition reassignments' reassign.ReassignPartitionsCommand "${at[@]}" --execute \
  --reassignment-json-file "$scratch/move.json"
prints "Reassignment of partition $topic-3 is completed" reassign.ReassignPartitionsCommand "${at[@]}" --verify \
  --reassignment-json-file "$scratch/move.json"
prints 'No partition reassignments found' reassign.ReassignPartitionsCommand "${at[@]}" --list

echo "# kafka-metadata-quorum; kafka-acls, kafka-delegation-tokens: refused on an open server"
prints "^LeaderId: +$node" MetadataQuorumCommand "${at[@]}" describe --status
prints "^$node .*Leader" MetadataQuorumCommand "${at[@]}" describe --replication
says SecurityDisabledException AclCommand "${at[@]}" --list
says SecurityDisabledException AclCommand "${at[@]}" --add --allow-principal User:a --operation Read --topic "$topic"
says 'DelegationTokenDisabledException|UnsupportedByAuthenticationException' DelegationTokenCommand "${at[@]}" --create \
  --max-life-time-period -1 --command-config /dev/null

echo "# kafka-producer-perf-test, kafka-transactions, kafka-consumer-perf-test, kafka-e2e-latency"
prints '^5000 records sent, .*99.9th' ProducerPerformance "${at[@]}" --topic "$topic" --num-records 5000 --record-size 200 --throughput -1
prints '^5000 records sent, ' ProducerPerformance "${at[@]}" --topic "$topic" --num-records 5000 --record-size 200 --throughput -1 \
  --transactional-id "$topic-perf" --transaction-duration-ms 100
prints "^$topic-perf" TransactionsCommand "${at[@]}" list
prints "CompleteCommit" TransactionsCommand "${at[@]}" describe --transactional-id "$topic-perf"
prints '^ProducerId' TransactionsCommand "${at[@]}" describe-producers --topic "$topic" --partition 0
prints '^Topic' TransactionsCommand "${at[@]}" find-hanging --topic "$topic"
prints ', 5000, ' ConsumerPerformance "${at[@]}" --topic "$topic" --num-records 5000 --timeout 30000
prints '^Percentiles' EndToEndLatency "${at[@]}" --topic "$topic-latency" --num-records 200 --producer-acks all --record-size 100

echo "# kafka-verifiable-producer, kafka-verifiable-consumer"
# It writes its records while its JVM ends, so it has one of its own.
timeout 60 java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -XX:TieredStopAtLevel=1 -cp "$KAFKA_TOOLS_CLASSPATH" \
  org.apache.kafka.tools.VerifiableProducer "${at[@]}" --topic "$topic-verified" --max-messages 100 >"$scratch/printed"
grep -q '"name":"tool_data".*"sent":100.*"acked":100' "$scratch/printed" || complain "not 100 records" VerifiableProducer
prints '"name":"offsets_committed"' VerifiableConsumer "${at[@]}" --topic "$topic-verified" --group-id "$topic-verified" --max-messages 100

echo "# kafka-topics --delete"
for each in "$topic" "$topic-latency" "$topic-verified"; do lacks . TopicCommand "${at[@]}" --delete --topic "$each"; done
lacks "^$topic" TopicCommand "${at[@]}" --list
